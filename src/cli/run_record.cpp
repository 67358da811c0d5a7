#include "cli/run_record.hpp"

#include <gnu/libc-version.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/common.hpp"
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

}  // namespace

bool names_input(const Option& option) {
    return option.value == "FILE" && option.shapes_result && option.flag != "--output";
}

RunRecord::RunRecord(const Arguments& arguments)
    : words_{arguments.command()}, threads_(threads(arguments)), start_(std::chrono::system_clock::now()) {
    std::vector<std::string> line{"tfqkd", version_number(), arguments.command()};
    bool repeatable = true;
    for (const Option& option : arguments.options()) {
        const bool given = arguments.has(option.flag);
        const std::vector<std::string> values =
            given ? arguments.all(option.flag) : std::vector<std::string>{option.fallback};
        const bool repeated =
            std::find(not_repeated.begin(), not_repeated.end(), option.flag) == not_repeated.end();
        if (option.flag == "--seed") seed_ = values.back();
        const bool shapes = option.shapes_result && option.flag != "--output";
        for (const std::string& value : values) {
            if (given || !option.fallback.empty()) settings_.emplace_back(option.flag, value);
            if (!given) continue;
            if (repeated) words_.push_back(option.flag);
            if (repeated && !option.value.empty()) words_.push_back(value);
            if (!shapes || is_default(option, values)) continue;
            line.push_back(option.flag);
            if (names_input(option)) {
                inputs_.push_back(input_file(option.flag, value));
                repeatable &= !inputs_.back().hash.empty();
                line.push_back("xxh3:" + inputs_.back().hash);
            } else if (!option.value.empty()) {
                line.push_back(canonical(value));
            }
        }
    }
    for (const std::string& operand : arguments.all("")) {
        words_.push_back(operand);
        line.push_back(operand);
        std::error_code error;
        if (std::filesystem::is_regular_file(operand, error)) {
            inputs_.push_back(input_file("", operand));
            line.back() = "xxh3:" + inputs_.back().hash;
        }
    }
    if (repeatable) line_ = join_words(line);
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
    Json& settings = manifest["settings"] = Json::object();
    for (const auto& [flag, value] : settings_) {
        Json& place = settings[flag.substr(2)];
        if (place.is_null())
            place = value;
        else
            place = place.get<std::string>() + " " + value;
    }
    if (!seed_.empty()) manifest["seed"] = seed_;
    manifest["program"] = version_facts();
    manifest["machine"] = {{"processor", processor_fact("model name")},
                           {"features", processor_features()},
                           {"glibc", ::gnu_get_libc_version()},
                           {"threads", threads_}};
    Json& inputs = manifest["inputs"] = Json::array();
    for (const InputFile& input : inputs_) {
        Json one{{"flag", input.flag}, {"path", input.path}};
        if (!input.hash.empty()) one.update({{"bytes", input.bytes}, {"xxh3_128", input.hash}});
        inputs.push_back(one);
    }
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
