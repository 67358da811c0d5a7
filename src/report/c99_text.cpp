#include "report/c99_text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "tfqkd/table/number.hpp"

namespace tfqkd {

std::string C99Text::capitals(const std::string& text) const {
    std::string word = prefix_ + (text.empty() ? "" : "_" + text);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
    return word;
}

std::string C99Text::number(double value) const {
    char digits[32];
    const char* end = single_precision()
                          ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(value)).ptr
                          : std::to_chars(digits, digits + sizeof digits, value).ptr;
    std::string text(static_cast<const char*>(digits), end);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return single_precision() ? text + "f" : text;
}

std::string C99Text::array(const std::string& name, const Matrix& values) const {
    constexpr std::size_t widest = 100;
    std::string text = filled("static const @real@ @p@_") + name;
    if (values.rows() > 1) text += "[" + std::to_string(values.rows()) + "]";
    text += "[" + std::to_string(values.cols()) + "] = {";
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
        std::string line = values.rows() > 1 ? "    {" : "    ";
        text += "\n";
        for (Eigen::Index col = 0; col < values.cols(); ++col) {
            const std::string one = number(values(row, col)) + (col + 1 < values.cols() ? "," : "");
            if (line.size() + 1 + one.size() > widest) {
                text += line + "\n";
                line = "    ";
            }
            line += (line.ends_with(",") ? " " : "") + one;
        }
        text += line + (values.rows() > 1 ? row + 1 < values.rows() ? "}," : "}" : "");
    }
    return text + "};\n";
}

std::string C99Text::filled(std::string_view text, const std::map<std::string, std::string>& words) const {
    const std::string f = single_precision() ? "f" : "";
    const std::map<std::string, std::string> own{
        {"p", prefix_},     {"P", capitals("")},  {"real", single_precision() ? "float" : "double"},
        {"exp", "exp" + f}, {"tanh", "tanh" + f}, {"log", "log" + f}};
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('@', at), text.size());
        result += text.substr(at, open - at);
        if (open == text.size()) break;
        const std::size_t close = text.find('@', open + 1);
        const std::string word(text.substr(open + 1, close - open - 1));
        if (const auto value = parse_number(word))
            result += number(*value);
        else if (const auto given = words.find(word); given != words.end())
            result += given->second;
        else
            result += own.at(word);
        at = close + 1;
    }
    return result;
}

}  // namespace tfqkd
