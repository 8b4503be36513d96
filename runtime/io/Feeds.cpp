#include "Feeds.h"

#include "Npy.h"
#include "Zip.h"
#include "runtime/Element.h"

#include <algorithm>
#include <charconv>
#include <sys/stat.h>

namespace mlc::io {
namespace {

bool exists(const std::string &path) {
  struct stat facts;
  return stat(path.c_str(), &facts) == 0;
}

// The index that "@3" names; nothing for other names.
std::optional<uint64_t> position(const std::string &name) {
  uint64_t index = 0;
  const char *end = name.data() + name.size();
  if (name.size() < 2 || name[0] != '@')
    return std::nullopt;
  auto parsed = std::from_chars(name.data() + 1, end, index);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(index) : std::nullopt;
}

// Index of the input that a feed names, or a problem. An input that is itself called "@0" is found by that name.
int32_t inputOf(const mlc_program *program, const Feed &feed, Problems &problems) {
  int32_t index = mlc_input_index(program, feed.name.c_str());
  if (index >= 0)
    return index;
  uint32_t count = mlc_descriptor(program)->input_count;
  if (auto place = position(feed.name)) {
    if (*place < count)
      return static_cast<int32_t>(*place);
    problems.push_back(feed.file + ": input '" + feed.name + "': the model has " + std::to_string(count) + " inputs");
    return -1;
  }
  std::string names;
  for (uint32_t i = 0; i < std::min(count, 8u); ++i)
    names += (i ? ", '" : "'") + std::string(mlc_descriptor(program)->inputs[i].name) + "'";
  problems.push_back(feed.file + ": input '" + feed.name + "': the model has no input of this name; it has " +
                     (count ? names + (count > 8 ? ", …" : "") : "none"));
  return -1;
}

// Sizes of an input that was not given: what the model fixes, 1 elsewhere; a name that a given input has bound counts.
std::vector<int64_t> defaultDims(const mlc_tensor_info &info, const std::map<std::string, int64_t> &bound) {
  std::vector<int64_t> dims(info.dims, info.dims + info.rank);
  for (int32_t d = 0; d < info.rank; ++d)
    if (dims[static_cast<size_t>(d)] < 0) {
      auto known = info.dim_names && info.dim_names[d] ? bound.find(info.dim_names[d]) : bound.end();
      dims[static_cast<size_t>(d)] = known == bound.end() ? 1 : known->second;
    }
  return dims;
}

} // namespace

void Feeds::add(std::string name, std::string file, std::unique_ptr<TensorSource> source, Problems &problems) {
  if (std::any_of(feeds.begin(), feeds.end(), [&](const Feed &feed) { return feed.name == name; }))
    problems.push_back(file + ": input '" + name + "': given twice");
  else
    feeds.push_back({std::move(name), std::move(file), std::move(source)});
}

void Feeds::addInput(const std::string &argument, Problems &problems) {
  size_t split = argument.rfind('=');
  if (split == argument.npos) {
    problems.push_back(argument + ": --input: expected NAME=FILE");
    return;
  }
  for (size_t at = split; at != argument.npos && at > 0; at = argument.rfind('=', at - 1))
    if (exists(argument.substr(at + 1))) {
      split = at;
      break;
    }
  std::string name = argument.substr(0, split), file = argument.substr(split + 1);
  std::unique_ptr<TensorSource> source;
  if (Status status = openTensor(file, source); status.failed())
    problems.push_back(file + ": input '" + name + "': " + status.text());
  else
    add(std::move(name), std::move(file), std::move(source), problems);
}

void Feeds::addArchive(const std::string &path, Problems &problems) {
  ZipArchive archive;
  if (Status status = archive.open(path); status.failed()) {
    problems.push_back(path + ": " + status.text());
    return;
  }
  for (const ZipMember &member : archive.members()) {
    std::unique_ptr<ByteSource> bytes;
    std::unique_ptr<TensorSource> source;
    if (!member.name.ends_with(".npy")) {
      problems.push_back(path + ": member '" + member.name + "': is no .npy");
      continue;
    }
    Status status = archive.openMember(member, bytes);
    if (!status.failed())
      status = openNpy(std::move(bytes), source);
    if (status.failed())
      problems.push_back(path + ": member '" + member.name + "': " + status.text());
    else
      add(member.name.substr(0, member.name.size() - 4), path, std::move(source), problems);
  }
}

std::map<std::string, std::vector<int64_t>> Feeds::shapes() const {
  std::map<std::string, std::vector<int64_t>> shapes;
  for (const Feed &feed : feeds)
    shapes[feed.name] = feed.source->head().dims;
  return shapes;
}

void Feeds::apply(mlc_program *program, mlc_session *session, uint64_t seed, Problems &problems,
                  std::vector<std::string> &filled) {
  const mlc_model &model = *mlc_descriptor(program);
  std::vector<const Feed *> given(model.input_count);
  std::map<std::string, int64_t> bound;
  tensors.resize(model.input_count);

  // First everything that can be judged by heads alone.
  for (const Feed &feed : feeds) {
    int32_t input = inputOf(program, feed, problems);
    if (input < 0)
      continue;
    auto index = static_cast<uint32_t>(input);
    const TensorHead &head = feed.source->head();
    const mlc_tensor_info &info = model.inputs[index];
    if (given[index])
      problems.push_back(feed.file + ": input '" + info.name + "': given twice");
    else if (mlc_check_input(program, index, head.dtype, static_cast<int32_t>(head.dims.size()), head.dims.data()))
      problems.push_back(feed.file + ": " + mlc_last_error());
    given[index] = &feed;
    for (int32_t d = 0; info.dim_names && d < info.rank && static_cast<size_t>(d) < head.dims.size(); ++d)
      if (info.dim_names[d] && *info.dim_names[d])
        bound.emplace(info.dim_names[d], head.dims[static_cast<size_t>(d)]);
  }
  if (!problems.empty())
    return;

  for (uint32_t i = 0; i < model.input_count; ++i) {
    const mlc_tensor_info &info = model.inputs[i];
    Tensor &tensor = tensors[i];
    Status status;
    if (given[i]) {
      status = given[i]->source->read(tensor);
    } else {
      tensor.head.dtype = info.dtype;
      tensor.head.dims = defaultDims(info, bound);
      status = measure(tensor.head);
      if (!status.failed())
        status = fillTensor(tensor, seed, i);
      filled.push_back(std::string(info.name) + " (" + mlc_dtype_name(info.dtype) + " " +
                       rt::shapeText(tensor.head.dims.data(), info.rank) + ")");
    }
    std::string file = given[i] ? given[i]->file : std::string(model.name);
    mlc_tensor view = tensor.view();
    if (status.failed())
      problems.push_back(file + ": input '" + info.name + "': " + status.text());
    else if (mlc_feed(session, i, &view))
      problems.push_back(file + ": " + mlc_last_error());
  }
}

} // namespace mlc::io
