// A call of a reference kernel in a test:
//
//   Kernel k("add");
//   k.input<float>({2}, {1, 2}).input<float>({1}, {3}).output<float>({2}).run();
//   EXPECT_EQ(k.result<float>(0), (std::vector<float>{4, 5}));
//
// Outputs lie between guard bytes, and scratch has exactly the size that the entry asks for, in its own allocation, so
// that a sanitizer sees every step outside.
#ifndef MLC_TEST_KERNEL_H
#define MLC_TEST_KERNEL_H

#include "kernels/reference.h"

#include <cstdlib>
#include <cstring>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

template <class T> constexpr int32_t dtypeOf() {
  if constexpr (std::is_same_v<T, float>)
    return MLC_F32;
  else if constexpr (std::is_same_v<T, double>)
    return MLC_F64;
  else if constexpr (std::is_same_v<T, bool>)
    return MLC_BOOL;
  else if constexpr (std::is_same_v<T, int8_t>)
    return MLC_I8;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return MLC_U8;
  else if constexpr (std::is_same_v<T, int16_t>)
    return MLC_I16;
  else if constexpr (std::is_same_v<T, uint16_t>)
    return MLC_U16;
  else if constexpr (std::is_same_v<T, int32_t>)
    return MLC_I32;
  else if constexpr (std::is_same_v<T, uint32_t>)
    return MLC_U32;
  else if constexpr (std::is_same_v<T, int64_t>)
    return MLC_I64;
  else
    return MLC_U64;
}

class Kernel {
public:
  using Shape = std::vector<int64_t>;
  static constexpr size_t guard = 32;

  explicit Kernel(const std::string &name) : entry(mlc::ref::find(name.c_str())) {
    EXPECT_NE(entry, nullptr) << name;
  }

  template <class T> Kernel &input(const Shape &shape, const std::vector<T> &values, int32_t dtype = dtypeOf<T>()) {
    memory.emplace_back(values.size() * sizeof(T) + 1);
    for (size_t i = 0; i < values.size(); ++i) {
      T value = values[i];
      std::memcpy(memory.back().data() + i * sizeof(T), &value, sizeof(T));
    }
    inputs.push_back(tensor(shape, dtype, memory.back().data()));
    return *this;
  }
  Kernel &absent() {
    inputs.push_back(tensor({}, MLC_NONE, nullptr));
    return *this;
  }
  template <class T> Kernel &output(const Shape &shape, int32_t dtype = dtypeOf<T>()) {
    size_t n = 1;
    for (int64_t d : shape)
      n *= size_t(d);
    memory.emplace_back(n * sizeof(T) + 2 * guard, char(0x5a));
    outputs.push_back(tensor(shape, dtype, memory.back().data() + guard));
    sizes.push_back(n * sizeof(T));
    return *this;
  }
  Kernel &unwanted() {
    outputs.push_back(tensor({}, MLC_NONE, nullptr));
    sizes.push_back(0);
    return *this;
  }
  Kernel &ints(const std::vector<int64_t> &values) {
    integers = values;
    return *this;
  }
  Kernel &floats(const std::vector<double> &values) {
    reals = values;
    return *this;
  }

  Kernel &run(int32_t expected = MLC_OK) {
    mlc::ref::Call call = {inputs.data(),          outputs.data(),          integers.data(),         reals.data(),
                           int32_t(inputs.size()), int32_t(outputs.size()), int32_t(integers.size()), int32_t(reals.size()),
                           nullptr};
    void *scratch = nullptr;
    if (entry->scratch) {
      size_t bytes = size_t(mlc::ref::scratchBytes(*entry, &call));
      scratch = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
      call.scratch = scratch;
    }
    EXPECT_EQ(entry->kernel(&call), expected) << entry->name;
    std::free(scratch);
    for (size_t i = 0; i < outputs.size(); ++i) {
      const char *p = static_cast<const char *>(outputs[i].data);
      for (size_t k = 0; p && k < guard; ++k)
        EXPECT_TRUE(p[-1 - int64_t(k)] == 0x5a && p[sizes[i] + k] == 0x5a) << entry->name << " writes outside output " << i;
    }
    return *this;
  }

  template <class T> std::vector<T> result(size_t i) const {
    std::vector<T> values;
    const char *p = static_cast<const char *>(outputs[i].data);
    for (size_t k = 0; k < sizes[i]; k += sizeof(T)) {
      T value;
      std::memcpy(&value, p + k, sizeof(T));
      values.push_back(value);
    }
    return values;
  }

private:
  static mlc::ref::Tensor tensor(const Shape &shape, int32_t dtype, void *data) {
    mlc::ref::Tensor t = {data, dtype, int32_t(shape.size()), {}};
    for (size_t d = 0; d < shape.size(); ++d)
      t.dims[d] = shape[d];
    return t;
  }

  const mlc::ref::Entry *entry;
  std::deque<std::vector<char>> memory;
  std::vector<mlc::ref::Tensor> inputs, outputs;
  std::vector<size_t> sizes;
  std::vector<int64_t> integers;
  std::vector<double> reals;
};

template <class T> void expectNear(const std::vector<T> &found, const std::vector<T> &expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(double(found[i]), double(expected[i]), tolerance) << "element " << i;
}

#endif // MLC_TEST_KERNEL_H
