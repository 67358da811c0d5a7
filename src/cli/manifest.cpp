#include "cli/manifest.hpp"

#include <nlohmann/json.hpp>

#include "cli/run_record.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd::cli {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::data, message); }

Manifest::File read_file_entry(const json& entry) {
    return {entry.at("path").get<std::string>(), entry.value("xxh3_128", "")};
}

json parse_manifest(const std::string& text, const std::string& path) {
    const auto not_too_deep = [&](int depth, json::parse_event_t, const json&) {
        if (depth > 8) refuse(path + ": nested too deep for a manifest");
        return true;
    };
    try {
        return json::parse(text, not_too_deep);
    } catch (const json::parse_error& error) {
        refuse(place_in_text(path, text, error.byte) + ": not valid JSON");
    } catch (const json::exception&) {
        refuse(path + ": a number is too large");
    }
}

}  // namespace

Manifest read_manifest(const std::string& text, const std::string& source) {
    const json document = parse_manifest(text, source);
    const std::string schema =
        document.is_object() && document.contains("schema") && document["schema"].is_string()
            ? document["schema"].get<std::string>()
            : "";
    if (schema != manifest_schema)
        refuse(source +
               (schema.starts_with("tfqkd.manifest/")
                    ? ": written by a newer tfqkd (" + schema + ")"
                    : ": not a manifest; tfqkd writes one beside each result, as FILE.manifest.json"));
    try {
        Manifest manifest;
        manifest.words = document.at("arguments").get<std::vector<std::string>>();
        for (const json& input : document.at("inputs")) manifest.inputs.push_back(read_file_entry(input));
        manifest.output = read_file_entry(document.at("output"));
        if (manifest.words.empty() || manifest.output.hash.empty())
            refuse(source + ": the manifest is not whole");
        return manifest;
    } catch (const json::exception&) {
        refuse(source + ": the manifest is not whole, or was changed");
    }
}

}  // namespace tfqkd::cli
