// Opens an artefact: everything that can be wrong with the file is found before a byte of it is loaded, because loading
// a library runs what it says.

#include "Error.h"
#include "Pages.h"
#include "Program.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <new>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlc::rt {
namespace {

#if defined(__x86_64__)
constexpr unsigned hostMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned hostMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr unsigned hostMachine = EM_RISCV;
#else
#error "add this machine's number in ELF headers"
#endif

// A descriptor of an open file and a mapping of it, both given back at the end.
struct File {
  int descriptor = -1;
  const unsigned char *bytes = nullptr;
  uint64_t size = 0;

  File() = default;
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File() {
    if (bytes)
      munmap(const_cast<unsigned char *>(bytes), size);
    if (descriptor >= 0)
      close(descriptor);
  }
};

int32_t openFile(const char *path, File &file) {
  file.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  if (file.descriptor < 0 || fstat(file.descriptor, &facts))
    return fail(MLC_S_FILE, "%s: artefact: cannot be opened: %s", path, std::strerror(errno));
  if (!S_ISREG(facts.st_mode))
    return fail(MLC_S_FILE, "%s: artefact: not a regular file", path);
  file.size = static_cast<uint64_t>(facts.st_size);
  if (!file.size)
    return fail(MLC_S_ARTEFACT, "%s: artefact: the file is empty", path);
  void *mapping = mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0);
  if (mapping == MAP_FAILED)
    return fail(MLC_S_FILE, "%s: artefact: cannot be mapped: %s", path, std::strerror(errno));
  file.bytes = static_cast<const unsigned char *>(mapping);
  madvise(mapping, file.size, MADV_SEQUENTIAL);
  populate(mapping, file.size);
  return MLC_OK;
}

uint64_t littleEndian(const unsigned char *bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i)
    value = value << 8 | bytes[i];
  return value;
}

// The trailer's form stands at MLC_TRAILER_MAGIC in abi.h.
int32_t checkTrailer(const char *path, const File &file) {
  if (file.size < sizeof(Elf64_Ehdr) + MLC_TRAILER_BYTES || std::memcmp(file.bytes, ELFMAG, SELFMAG))
    return fail(MLC_S_ARTEFACT, "%s: artefact: not a compiled model", path);
  uint64_t body = file.size - MLC_TRAILER_BYTES;
  const unsigned char *trailer = file.bytes + body;
  if (std::memcmp(trailer, MLC_TRAILER_MAGIC, 8))
    return fail(MLC_S_ARTEFACT, "%s: trailer: missing: not written by mlc, or cut off, or appended to", path);
  if (littleEndian(trailer + 8) != body)
    return fail(MLC_S_ARTEFACT, "%s: trailer: the artefact was altered: %llu bytes found, %llu expected", path,
                static_cast<unsigned long long>(body), static_cast<unsigned long long>(littleEndian(trailer + 8)));
  if (littleEndian(trailer + 16) != XXH3_64bits(file.bytes, body))
    return fail(MLC_S_ARTEFACT, "%s: trailer: the artefact was altered: its checksum does not match", path);
  if (uint64_t version = littleEndian(trailer + 24); version != MLC_ABI_VERSION)
    return fail(MLC_E_VERSION,
                "%s: trailer: made for version %llu of the binary interface, this program has version %u", path,
                static_cast<unsigned long long>(version), MLC_ABI_VERSION);
  Elf64_Ehdr header;
  std::memcpy(&header, file.bytes, sizeof header);
  if (header.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) || header.e_machine != hostMachine)
    return fail(MLC_S_MACHINE, "%s: artefact: made for ELF machine %u, this processor is machine %u", path,
                header.e_machine, hostMachine);
  return MLC_OK;
}

// A path to the file that is open, so that nobody can put another in its place between check and load. The loader
// takes a name that it has seen for the library it had then, while numbers of descriptors come round: so each path is
// written like none before, with a serial number in binary, "./" for one and "/" for zero.
std::string uniquePath(int descriptor) {
  static std::atomic<uint64_t> serial{0};
  std::string path = "/proc/self/fd/";
  for (uint64_t rest = serial.fetch_add(1, std::memory_order_relaxed) + 1; rest; rest >>= 1)
    path += rest & 1 ? "./" : "/";
  return path + std::to_string(descriptor);
}

} // namespace
} // namespace mlc::rt

using namespace mlc::rt;

int32_t mlc_open(const char *path, mlc_program **program) {
  *program = nullptr;
  if (!path)
    return fail(MLC_E_ARGUMENT, "mlc_open: no path");
  File file;
  if (int32_t status = openFile(path, file))
    return status;
  if (int32_t status = checkTrailer(path, file))
    return status;
  auto *made = new (std::nothrow) mlc_program;
  if (!made)
    return fail(MLC_S_MEMORY, "%s: artefact: memory ran out", path);

  std::string place = uniquePath(file.descriptor);
  if (access(place.c_str(), R_OK)) // no /proc here
    place = std::strchr(path, '/') ? path : std::string("./") + path;
  made->library = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
  made->closeLibrary = dlclose;
  int32_t status = MLC_OK;
  if (!made->library)
    status = fail(MLC_S_ARTEFACT, "%s: artefact: cannot be loaded: %s", path, dlerror());
  else if (!(made->model = static_cast<const mlc_model *>(dlsym(made->library, MLC_MODEL_SYMBOL))))
    status = fail(MLC_S_ARTEFACT, "%s: artefact: holds no model (symbol %s)", path, MLC_MODEL_SYMBOL);
  else
    status = checkDescriptor(made->model, path);
  if (status) {
    release(made);
    return status;
  }
  *program = made;
  return MLC_OK;
}
