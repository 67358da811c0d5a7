#include <iostream>
#include <tfqkd/nn/regressor.hpp>
#include <tfqkd/table/number.hpp>

// Succeeds when the installed headers compile and the installed library links and answers.
int main() {
    const tfqkd::Matrix identity = tfqkd::Matrix::Identity(2, 2);
    std::cout << tfqkd::format_number(identity.trace() / 4) << '\n';
    return tfqkd::parse_number("0.5") == identity.trace() / 4 ? 0 : 1;
}
