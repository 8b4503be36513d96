// Stands in for libmlc_compiler.so: a "model" is "wrap", a compiled library, and a line end; other words ask for
// faults.
#include "tools/mlc/Compiler.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

static std::string readModel(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void mlc_compiler_compile(const mlc::CompileRequest *request, mlc::CompileResult *result) {
  std::string model = readModel(request->model);
  result->seconds = 0.5;
  if (model == "throw")
    throw std::runtime_error("thrown across the door");
  if (model == "crash")
    std::abort();
  if (model.compare(0, 4, "wrap") != 0) {
    result->status = 1;
    if (model != "silent")
      result->messages.push_back(request->model + ": header: unsupported: no model");
    return;
  }
  std::string note = request->emit;
  for (const std::string &cpu : request->cpus)
    note += " " + cpu;
  for (const auto &[name, dims] : request->shapes) {
    note += " " + name + "=";
    for (int64_t dim : dims)
      note += std::to_string(dim) + ",";
  }
  result->notes.push_back(note);
  if (request->output == "-")
    std::cout << "text of " << request->emit << std::endl;
  else
    std::ofstream(request->output, std::ios::binary) << model.substr(4, model.size() - 5);
}

void mlc_compiler_check(const mlc::CheckRequest *, mlc::CompileResult *, std::string *text) { *text = "checked\n"; }

void mlc_compiler_inspect(const mlc::InspectRequest *, mlc::CompileResult *, std::string *text) {
  *text = "inspected\n";
}
