#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tfqkd/protocol/protocol.hpp"

namespace tfqkd {

// A copy of the text that lives as long as the program, for names that are put together.
std::string_view permanent(const std::string& text);

// ProtocolInfo::uses of a model that depends on just these link quantities.
std::vector<bool> link_uses(std::initializer_list<std::string_view> names);
void add_uses(std::vector<bool>& uses, std::initializer_list<std::string_view> names);

// The options that a user named in a spec.
class Choices {
  public:
    explicit Choices(std::map<std::string, std::string> named) : named_(std::move(named)) {}
    // A choice before its options are known; `fallback` when it was not named.
    std::string get(const std::string& option, const std::string& fallback) const;
    // Fills in info.chosen. Throws Error (usage) for an option or a choice that there is not.
    ProtocolInfo check(ProtocolInfo info) const;

  private:
    std::map<std::string, std::string> named_;
};

// One maker for each protocol.
std::unique_ptr<const Protocol> make_sns_asymptotic(const Choices& choices);
std::unique_ptr<const Protocol> make_sns_decoy(const Choices& choices);
std::unique_ptr<const Protocol> make_sns_finite(const Choices& choices);
std::unique_ptr<const Protocol> make_aopp_asymptotic(const Choices& choices);
std::unique_ptr<const Protocol> make_aopp_decoy(const Choices& choices);
std::unique_ptr<const Protocol> make_aopp_finite(const Choices& choices);
std::unique_ptr<const Protocol> make_aopp_finite_simple(const Choices& choices);
std::unique_ptr<const Protocol> make_pm_asymptotic(const Choices& choices);
std::unique_ptr<const Protocol> make_pm_decoy(const Choices& choices);
std::unique_ptr<const Protocol> make_tf_original(const Choices& choices);
std::unique_ptr<const Protocol> make_plob(const Choices& choices);
std::unique_ptr<const Protocol> make_repeater(const Choices& choices);
std::unique_ptr<const Protocol> make_cal_asymptotic(const Choices& choices);
std::unique_ptr<const Protocol> make_cal_decoy(const Choices& choices);
std::unique_ptr<const Protocol> make_cal_gaussian(const Choices& choices);
std::unique_ptr<const Protocol> make_cal_finite(const Choices& choices);
std::unique_ptr<const Protocol> make_npp_asymptotic(const Choices& choices);

}  // namespace tfqkd
