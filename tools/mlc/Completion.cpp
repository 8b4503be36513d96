// Shell completions, made from the command line itself, so that they never lag behind it.

#include "Command.h"
#include "runtime/driver/Job.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>

using namespace mlc::driver;

namespace mlc::cli {
namespace {

std::vector<std::string> optionsOf(const CLI::App &command) {
  std::vector<std::string> names;
  for (const CLI::Option *option : command.get_options())
    for (const std::string &name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> commandsOf(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::App *command : app.get_subcommands({}))
    names.push_back(command->get_name());
  return names;
}

std::string forBash(const CLI::App &app) {
  std::string text = "_mlc() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n"
                     "  if [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -W \"" +
                     joined(commandsOf(app)) + " " + joined(optionsOf(app)) +
                     "\" -- \"$word\"))\n    return\n  fi\n  case $word in\n  -*)\n    case ${COMP_WORDS[1]} in\n";
  for (const CLI::App *command : app.get_subcommands({}))
    text += "    " + command->get_name() + ") COMPREPLY=($(compgen -W \"" + joined(optionsOf(*command)) +
            "\" -- \"$word\")) ;;\n";
  return text + "    esac ;;\n  *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n  esac\n}\n"
                "complete -o filenames -F _mlc mlc\n";
}

// A text within single quotes for zsh's _arguments and fish, where brackets and colons mean something to zsh.
std::string quoted(const std::string &text, const char *special) {
  std::string out;
  for (char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (std::string_view(special).find(c) != std::string_view::npos)
      out += std::string("\\") + c;
    else
      out += c;
  }
  return out;
}

std::string forZsh(const CLI::App &app) {
  std::string text = "#compdef mlc\n_mlc() {\n  if (( CURRENT == 2 )); then\n    local -a commands\n    commands=(\n";
  for (const CLI::App *command : app.get_subcommands({}))
    text += "      '" + command->get_name() + ":" + quoted(command->get_description(), ":") + "'\n";
  text += "    )\n    _describe command commands\n    return\n  fi\n  case $words[2] in\n";
  for (const CLI::App *command : app.get_subcommands({})) {
    text += "  " + command->get_name() + ")\n    _arguments '*:file:_files'";
    for (const CLI::Option *option : command->get_options())
      for (const std::string &name : option->get_lnames())
        text += " \\\n      '*--" + name + "[" + quoted(option->get_description(), "[]:") + "]" +
                (option->get_items_expected_max() ? ":value:_files'" : "'");
    text += " ;;\n";
  }
  return text + "  esac\n}\n_mlc \"$@\"\n";
}

std::string forFish(const CLI::App &app) {
  std::string text;
  for (const CLI::App *command : app.get_subcommands({})) {
    text += "complete -c mlc -n __fish_use_subcommand -f -a " + command->get_name() + " -d '" +
            quoted(command->get_description(), "") + "'\n";
    for (const CLI::Option *option : command->get_options())
      for (const std::string &name : option->get_lnames())
        text += "complete -c mlc -n '__fish_seen_subcommand_from " + command->get_name() + "' -l " + name +
                (option->get_items_expected_max() ? " -r" : "") + " -d '" + quoted(option->get_description(), "") +
                "'\n";
  }
  return text;
}

} // namespace

void addCompletion(CLI::App &app, Action &action) {
  auto shell = std::make_shared<std::string>();
  CLI::App *command = app.add_subcommand("completion", "Prints the completion of this program for a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example:\n  mlc completion bash > ~/.local/share/bash-completion/completions/mlc");
  command->callback([&app, &action, shell] {
    action = [&app, shell] {
      std::string text = *shell == "bash" ? forBash(app) : *shell == "zsh" ? forZsh(app) : forFish(app);
      std::fputs(text.c_str(), stdout);
      return static_cast<int>(Done);
    };
  });
}

} // namespace mlc::cli
