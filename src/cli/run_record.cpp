#include "cli/run_record.hpp"

#include <gnu/libc-version.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/common.hpp"
#include "cli/model_library.hpp"
#include "cli/version.hpp"
#include "tfqkd/dataset/run_line.hpp"
#include "tfqkd/table/content_hash.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

using Json = nlohmann::ordered_json;

// Flags that say how a run goes on, not what it makes; a repetition has its own.
constexpr std::array<std::string_view, 4> not_repeated{"--config", "--resume", "--max-time", "--dry-run"};

InputFile input_file(const std::string& flag, const std::string& path) {
    InputFile input{flag, path, "", 0};
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return input;
    const HashedFile content = hash_file(path);
    input.hash = content.hash;
    input.bytes = content.bytes;
    return input;
}

// 1e13 and 10000000000000 are one setting.
std::string canonical(const std::string& value) {
    if (parse_count(value)) return value;
    const auto number = parse_number(value);
    return number ? format_number(*number) : value;
}

bool is_default(const Option& option, const std::vector<std::string>& values) {
    return !option.value.empty() && !option.many && canonical(values.front()) == canonical(option.fallback);
}

std::string iso_time(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

// The value of the first line in /proc/cpuinfo that begins with `key`.
std::string processor_fact(const std::string& key) {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(':');
        if (line.starts_with(key) && colon != std::string::npos && colon + 2 <= line.size())
            return line.substr(colon + 2);
    }
    return "";
}

// The instruction sets that decide which code of the C library runs.
Json processor_features() {
    const std::string flags = " " + processor_fact("flags") + " ";
    Json found = Json::array();
    for (const char* name : {"sse4_2", "avx", "avx2", "fma", "avx512f", "avx512dq", "avx512vl"})
        if (flags.find(" " + std::string(name) + " ") != std::string::npos) found.push_back(name);
    return found;
}

// A flag that was given several times has its values in one text.
Json settings_object(const std::vector<std::pair<std::string, std::string>>& settings) {
    Json object = Json::object();
    for (const auto& [flag, value] : settings) {
        Json& place = object[flag.substr(2)];
        place = place.is_null() ? value : place.get<std::string>() + " " + value;
    }
    return object;
}

Json input_list(const std::vector<InputFile>& inputs) {
    Json list = Json::array();
    for (const InputFile& input : inputs) {
        Json one{{"flag", input.flag}, {"path", input.path}};
        if (!input.hash.empty()) one.update({{"bytes", input.bytes}, {"xxh3_128", input.hash}});
        list.push_back(one);
    }
    return list;
}

}  // namespace

bool names_input(const Option& option) {
    return option.value == "FILE" && option.shapes_result && option.flag != "--output";
}

RunRecord::RunRecord(const Arguments& arguments)
    : words_{arguments.command()}, threads_(threads(arguments)), start_(std::chrono::system_clock::now()) {
    std::vector<std::string> line{"tfqkd", version_number(), arguments.command()};
    for (const Option& option : arguments.options()) {
        if (arguments.has(option.flag))
            add_given(option, arguments.all(option.flag), line);
        else if (!option.fallback.empty())
            settings_.emplace_back(option.flag, option.fallback);
        if (option.flag == "--seed") seed_ = arguments.text(option.flag);
    }
    std::error_code error;
    for (const std::string& operand : arguments.all("")) {
        words_.push_back(operand);
        const bool file = std::filesystem::is_regular_file(operand, error);
        line.push_back(file ? add_input("", operand) : operand);
    }
    if (!read_once()) line_ = join_words(line);
}

const InputFile* RunRecord::read_once() const {
    const auto found = std::find_if(inputs_.begin(), inputs_.end(),
                                    [](const InputFile& input) { return input.hash.empty(); });
    return found == inputs_.end() ? nullptr : &*found;
}

// An input's content, as it stands in the run line.
std::string RunRecord::add_input(const std::string& flag, const std::string& path) {
    inputs_.push_back(input_file(flag, flag == "--model" ? model_path(path) : path));
    return "xxh3:" + inputs_.back().hash;
}

void RunRecord::add_given(const Option& option, const std::vector<std::string>& values,
                          std::vector<std::string>& line) {
    const bool repeated =
        std::find(not_repeated.begin(), not_repeated.end(), option.flag) == not_repeated.end();
    const bool in_line = option.shapes_result && option.flag != "--output" && !is_default(option, values);
    for (const std::string& value : values) {
        settings_.emplace_back(option.flag, value);
        if (repeated) words_.push_back(option.flag);
        if (repeated && !option.value.empty()) words_.push_back(value);
        if (!in_line) continue;
        line.push_back(option.flag);
        if (names_input(option))
            line.push_back(add_input(option.flag, value));
        else if (!option.value.empty())
            line.push_back(canonical(value));
    }
}

void RunRecord::count(const std::string& what, std::uint64_t number) { counters_.emplace_back(what, number); }

void RunRecord::write_manifest(const std::string& file) const {
    Json manifest{{"schema", manifest_schema}};
    if (!line_.empty()) {
        manifest["run_id"] = run_id(line_);
        manifest["run"] = line_;
    }
    std::vector<std::string> command{"tfqkd"};
    command.insert(command.end(), words_.begin(), words_.end());
    manifest["repeat"] = join_words(command);
    manifest["arguments"] = words_;
    manifest["settings"] = settings_object(settings_);
    if (!seed_.empty()) manifest["seed"] = seed_;
    manifest["program"] = version_facts();
    manifest["machine"] = {{"processor", processor_fact("model name")},
                           {"features", processor_features()},
                           {"glibc", ::gnu_get_libc_version()},
                           {"threads", threads_}};
    manifest["inputs"] = input_list(inputs_);
    const HashedFile result = hash_file(file);
    manifest["output"] = {{"path", file}, {"bytes", result.bytes}, {"xxh3_128", result.hash}};
    Json& counters = manifest["counters"] = Json::object();
    for (const auto& [what, number] : counters_) counters[what] = number;
    manifest["started"] = iso_time(start_);
    manifest["ended"] = iso_time(std::chrono::system_clock::now());
    OutputFile out(file + manifest_ending, true);
    out.stream() << manifest.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    out.commit();
}

}  // namespace tfqkd::cli
