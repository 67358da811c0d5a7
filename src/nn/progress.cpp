#include "nn/training.hpp"

namespace tfqkd {

bool Progress::add(double train_loss, double check_loss, const Eigen::VectorXd& weights) {
    const bool first = record_.check_loss.empty();
    record_.train_loss.push_back(train_loss);
    record_.check_loss.push_back(check_loss);
    if (!first && !(check_loss < record_.best_check_loss)) return ++waited_ < patience_;
    record_.best_check_loss = check_loss;
    record_.best_epoch = static_cast<int>(record_.check_loss.size()) - 1;
    best_weights_ = weights;
    waited_ = 0;
    return true;
}

}  // namespace tfqkd
