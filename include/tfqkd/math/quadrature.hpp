#pragma once

#include <array>

namespace tfqkd {

// The 16-point Gauss-Legendre rule on [-1, 1] for even functions: the 8 positive nodes, weights summing to 1.
struct EvenGaussLegendre {
    static constexpr std::array<double, 8> nodes{
        0.09501250983763744, 0.28160355077925891, 0.45801677765722739, 0.61787624440264375,
        0.75540440835500303, 0.86563120238783174, 0.94457502307323258, 0.98940093499164993};
    static constexpr std::array<double, 8> weights{
        0.18945061045506850, 0.18260341504492359, 0.16915651939500254, 0.14959598881657673,
        0.12462897125553387, 0.09515851168249278, 0.06225352393864789, 0.02715245941175409};
};

}  // namespace tfqkd
