#include "nn/samples.hpp"

#include <cassert>

namespace tfqkd {

const Samples& checked(const Samples& train, const Samples& check) {
    assert(train.inputs.rows() == train.targets.rows() && check.inputs.rows() == check.targets.rows());
    if (train.inputs.size() == 0 || train.targets.size() == 0)
        throw Error(ErrorKind::data, "training: there are no samples to learn from");
    if (!train.inputs.allFinite() || !train.targets.allFinite() || !check.inputs.allFinite() ||
        !check.targets.allFinite())
        throw Error(ErrorKind::data, "training: a sample holds a number that is not finite");
    if (check.inputs.rows() == 0) return train;
    assert(check.inputs.cols() == train.inputs.cols() && check.targets.cols() == train.targets.cols());
    return check;
}

}  // namespace tfqkd
