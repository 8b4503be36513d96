#include "WeightsObject.h"

#include "ir/Fold.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace llvm;
using namespace llvm::ELF;

namespace mlc {
namespace {

constexpr uint64_t kAlign = 64;

/// Section names, and where each begins.
constexpr char kNames[] = "\0.mlc.weights\0.symtab\0.strtab\0.shstrtab\0.note.GNU-stack";
constexpr uint32_t kWeightsName = 1, kSymtabName = 14, kStrtabName = 22, kShstrtabName = 30, kStackName = 40;

Elf64_Shdr section(uint32_t name, uint32_t type, uint64_t offset, uint64_t size, uint64_t align) {
  Elf64_Shdr s{};
  s.sh_name = name;
  s.sh_type = type;
  s.sh_offset = offset;
  s.sh_size = size;
  s.sh_addralign = align;
  return s;
}

template <typename T> void put(raw_ostream &os, const T &value) { os.write(reinterpret_cast<const char *>(&value), sizeof value); }

void writeWeights(raw_ostream &os, const WeightsLayout &weights) {
  int64_t at = 0;
  for (const Weight &weight : weights.weights()) {
    os.write_zeros(static_cast<unsigned>(weight.offset - at));
    SmallVector<char> storage;
    ArrayRef<char> bytes = bytesOf(weight.value, storage);
    os.write(bytes.data(), bytes.size());
    at = weight.offset + weight.bytes;
  }
  os.write_zeros(static_cast<unsigned>(weights.bytes() - at));
}

} // namespace

Error writeWeightsObject(const WeightsLayout &weights, StringRef symbol, StringRef likeObject, StringRef path) {
  Elf64_Ehdr like;
  if (likeObject.size() < sizeof like)
    return createStringError("the object of the schedule is not an ELF file");
  std::memcpy(&like, likeObject.data(), sizeof like);
  std::error_code ec;
  raw_fd_ostream os(path, ec);
  if (ec)
    return createStringError(ec, path + ": cannot be written: " + ec.message());

  auto size = static_cast<uint64_t>(weights.bytes());
  std::string strings(1, '\0');
  strings += symbol;
  strings += '\0';
  const uint64_t dataAt = alignTo(sizeof(Elf64_Ehdr), kAlign), symbolsAt = alignTo(dataAt + size, 8),
                 stringsAt = symbolsAt + 2 * sizeof(Elf64_Sym), namesAt = stringsAt + strings.size(),
                 tableAt = alignTo(namesAt + sizeof kNames, 8);

  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, like.e_ident, sizeof header.e_ident);
  header.e_type = ET_REL;
  header.e_machine = like.e_machine;
  header.e_flags = like.e_flags;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 6;
  header.e_shstrndx = 4;
  header.e_shoff = tableAt;

  Elf64_Shdr table[] = {section(0, SHT_NULL, 0, 0, 0),
                        section(kWeightsName, SHT_PROGBITS, dataAt, size, kAlign),
                        section(kSymtabName, SHT_SYMTAB, symbolsAt, 2 * sizeof(Elf64_Sym), 8),
                        section(kStrtabName, SHT_STRTAB, stringsAt, strings.size(), 1),
                        section(kShstrtabName, SHT_STRTAB, namesAt, sizeof kNames, 1),
                        section(kStackName, SHT_PROGBITS, tableAt, 0, 1)};
  table[1].sh_flags = SHF_ALLOC;
  table[2].sh_link = 3;
  table[2].sh_info = 1;   // the first symbol that is not local
  table[2].sh_entsize = sizeof(Elf64_Sym);
  Elf64_Sym symbols[2]{};
  symbols[1].st_name = 1;
  symbols[1].setBindingAndType(STB_GLOBAL, STT_OBJECT);
  symbols[1].st_other = STV_HIDDEN;
  symbols[1].st_shndx = 1;
  symbols[1].st_size = size;

  put(os, header);
  os.write_zeros(static_cast<unsigned>(dataAt - sizeof header));
  writeWeights(os, weights);
  os.write_zeros(static_cast<unsigned>(symbolsAt - dataAt - size));
  put(os, symbols);
  os << strings;
  os.write(kNames, sizeof kNames);
  os.write_zeros(static_cast<unsigned>(tableAt - namesAt - sizeof kNames));
  put(os, table);
  os.close();
  if (os.has_error()) {
    ec = os.error();
    os.clear_error();
    return createStringError(ec, path + ": cannot be written: " + ec.message());
  }
  return Error::success();
}

} // namespace mlc
