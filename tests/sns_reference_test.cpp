#include "model_checks.hpp"
#include "protocol/sns.hpp"
#include "sns_points.hpp"

using namespace tfqkd;
using checks::Model;

TEST_CASE("SNS rates and intermediates agree with the reference values", "[reference]") {
    reference::check_sns_points("sns-");
}

TEST_CASE("SNS is finite everywhere, the same in every arithmetic, and has exact slopes", "[scalars]") {
    using enum SnsLevel;
    Model<SnsModel<asymptotic, SnsSymmetric>>("sns-asymptotic").check();
    Model<SnsModel<decoy, SnsSymmetric>>("sns-decoy").check();
    Model<SnsModel<finite, SnsSymmetric>>("sns-finite").check();
    Model<SnsModel<finite, SnsSymmetric>>("sns-finite:error_correction=refined").check();
    Model<SnsModel<finite, SnsAsymmetric>>("sns-finite:sources=asymmetric").check();
}
