// Appends mlc's trailer to a shared library: seal FROM TO [VERSION].
#include <mlc/abi.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  std::ifstream from(argv[1], std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(from)), {});
  uint64_t words[] = {bytes.size(), XXH3_64bits(bytes.data(), bytes.size()),
                      argc > 3 ? std::strtoull(argv[3], nullptr, 10) : MLC_ABI_VERSION};
  bytes += MLC_TRAILER_MAGIC;
  for (uint64_t word : words)
    for (int i = 0; i < 64; i += 8)
      bytes += static_cast<char>(word >> i);
  std::ofstream to(argv[2], std::ios::binary);
  to << bytes;
  return to.flush() ? 0 : 1;
}
