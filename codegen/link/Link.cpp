#include "Link.h"
#include "WeightsObject.h"

#include "mlc/abi.h"
#include "lld/Common/CommonLinkerContext.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace mlc {
namespace {

/// LLD keeps global state.
std::mutex &linkerMutex() {
  static std::mutex mutex;
  return mutex;
}

Error runLinker(const std::vector<std::string> &arguments) {
  std::lock_guard lock(linkerMutex());
  std::vector<const char *> args{"ld.lld"};
  for (const std::string &a : arguments)
    args.push_back(a.c_str());
  std::string out, err;
  raw_string_ostream outStream(out), errStream(err);
  lld::Result result = lld::lldMain(args, outStream, errStream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode)
    return createStringError("the linker failed: " + StringRef(err).trim());
  return Error::success();
}

Expected<std::unique_ptr<object::ObjectFile>> openObject(StringRef bytes, StringRef name) {
  return object::ObjectFile::createELFObjectFile(MemoryBufferRef(bytes, name), /*InitContent=*/true);
}

/// Calls `visit` with the name of each symbol that is defined (or, with `undefined`, missing) in an object.
Error forSymbols(StringRef bytes, StringRef name, bool undefined, function_ref<void(StringRef)> visit) {
  auto object = openObject(bytes, name);
  if (!object)
    return object.takeError();
  for (const object::SymbolRef &symbol : (*object)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (*flags & object::SymbolRef::SF_FormatSpecific || !(*flags & (object::SymbolRef::SF_Global | object::SymbolRef::SF_Undefined)))
      continue;
    if (((*flags & object::SymbolRef::SF_Undefined) != 0) != undefined)
      continue;
    Expected<StringRef> text = symbol.getName();
    if (!text)
      return text.takeError();
    if (!text->empty())
      visit(*text);
  }
  return Error::success();
}

/// The objects as files, in a fixed order; their bytes are freed.
Expected<std::vector<std::string>> writeObjects(LinkInputs &inputs, const WorkFolder &folder) {
  std::vector<std::string> paths;
  if (Error error = folder.write("main.o", inputs.main))
    return error;
  paths.push_back(folder.path("main.o"));
  if (inputs.weights->bytes()) {
    paths.push_back(folder.path("weights.o"));
    if (Error error = writeWeightsObject(*inputs.weights, inputs.weightsSymbol, inputs.main, paths.back()))
      return error;
  }
  inputs.main = std::string();
  for (auto [i, kernel] : enumerate(inputs.kernels)) {
    std::string file = "kernel" + std::to_string(i) + ".o";
    if (Error error = folder.write(file, kernel.bytes))
      return error;
    kernel.bytes = std::string();
    paths.push_back(folder.path(file));
  }
  return paths;
}

/// The 32 bytes by which readers see that a library is whole (MLC_TRAILER_MAGIC in abi.h).
Error appendTrailer(const std::string &path) {
  char trailer[MLC_TRAILER_BYTES];
  {
    auto bytes = MemoryBuffer::getFile(path, false, /*RequiresNullTerminator=*/false);
    if (!bytes)
      return createStringError(bytes.getError(), path + ": cannot be read");
    StringRef body = (*bytes)->getBuffer();
    std::memcpy(trailer, MLC_TRAILER_MAGIC, 8);
    support::endian::write64le(trailer + 8, body.size());
    support::endian::write64le(trailer + 16, xxh3_64bits(body));
    support::endian::write64le(trailer + 24, MLC_ABI_VERSION);
  }
  std::error_code ec;
  raw_fd_ostream os(path, ec, sys::fs::OF_Append);
  if (!ec) {
    os.write(trailer, sizeof trailer);
    os.close();
    ec = os.error();
    os.clear_error();
  }
  return ec ? createStringError(ec, path + ": cannot be written: " + ec.message()) : Error::success();
}

Error linkShared(const LinkInputs &inputs, std::vector<std::string> objects, const std::string &out) {
  std::vector<std::string> args{"-shared", "-o", out, "-soname=" + inputs.symbol + ".so", "-Bsymbolic", "-z", "noexecstack",
                                "-z", "relro", "-z", "now", "--build-id=none", "--hash-style=gnu"};
  append_range(args, objects);
  if (Error error = runLinker(args))
    return error;
  return appendTrailer(out);
}

Error linkProgram(std::vector<std::string> objects, const LinkOptions &options, const std::string &out) {
  std::string support = options.supportFolder + "/mlc_main.o";
  if (!sys::fs::exists(support))
    return createStringError(support + ": missing, and programs are made of it; this mlc was built without the parts that --emit=exe needs");
  std::vector<std::string> args{"-static", "--gc-sections", "--eh-frame-hdr", "-z", "noexecstack", "--build-id=none", "-o", out, support};
  append_range(args, objects);
  return runLinker(args);
}

} // namespace

Error checkUndefined(const LinkInputs &inputs) {
  StringSet<> known{"memcpy", "memset", "memmove", "_GLOBAL_OFFSET_TABLE_"};
  known.insert(inputs.weightsSymbol);
  for (const KernelObject &kernel : inputs.kernels)
    known.insert(kernel.symbol);
  auto check = [&](StringRef bytes, const std::string &who) -> Error {
    std::string missing;
    if (Error error = forSymbols(bytes, who, true, [&](StringRef name) {
          if (!known.contains(name))
            missing += (missing.empty() ? "" : ", ") + name.str();
        }))
      return error;
    return missing.empty() ? Error::success() : createStringError(who + " needs what a model must not need: " + missing);
  };
  if (Error error = check(inputs.main, "the schedule"))
    return error;
  for (const KernelObject &kernel : inputs.kernels) {
    if (Error error = check(kernel.bytes, "kernel '" + kernel.name + "' (" + kernel.symbol + ")"))
      return error;
    bool defined = false;
    if (Error error = forSymbols(kernel.bytes, kernel.name, false, [&](StringRef name) { defined |= name == kernel.symbol; }))
      return error;
    if (!defined)
      return createStringError("the object of kernel '" + kernel.name + "' does not define " + kernel.symbol);
  }
  return Error::success();
}

Error link(LinkInputs &inputs, const LinkOptions &options) {
  if (Error error = checkUndefined(inputs))
    return error;
  Expected<WorkFolder> folder = WorkFolder::beside(options.output);
  if (!folder)
    return folder.takeError();
  Expected<std::vector<std::string>> objects = writeObjects(inputs, *folder);
  if (!objects)
    return objects.takeError();

  std::string result = folder->path(inputs.symbol + ".out"), object = folder->path(inputs.symbol + ".o");
  Error error = Error::success();
  if (options.kind == Artefact::shared) {
    error = linkShared(inputs, *objects, result);
  } else if (options.kind == Artefact::program) {
    error = linkProgram(*objects, options, result);
  } else {
    std::vector<std::string> args{"-r", "-o", object};
    append_range(args, *objects);
    error = runLinker(args);
    if (!error && options.kind == Artefact::object) {
      result = object;
    } else if (!error) {
      Expected<NewArchiveMember> member = NewArchiveMember::getFile(object, /*Deterministic=*/true);
      if (!member)
        return member.takeError();
      // The folder has another name in every run.
      member->MemberName = sys::path::filename(object);
      error = writeArchive(result, {std::move(*member)}, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU,
                           /*Deterministic=*/true, /*Thin=*/false);
    }
  }
  if (error)
    return error;
  return placeFile(result, options.output);
}

} // namespace mlc
