#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include "tfqkd/math/dual.hpp"
#include "tfqkd/protocol/protocol.hpp"

namespace tfqkd {

// Takes the notes of a model where nobody wants them.
struct NoNotes {
    template <class T>
    void operator()(const char*, const T&) const {}
};

template <class T>
T measured(const KeyRate<T>& key, Measure measure) {
    if (measure == Measure::rate) return key.rate;
    const T per_bit = min(key.rate / max(key.sifted, T(1e-290)), T(0.0));
    return where_greater(key.rate, T(0.0), key.rate, per_bit - key.excess);
}

// The one crossing from templates to a virtual class. A Model has
//   template <class T> struct Parameters { each(f) calls f(member) in order };
//   template <class T, class Notes> KeyRate<T> key_rate(const Link<T>&, const Parameters<T>&, Notes&&) const;
//   static constexpr int parameter_count.
// Parameters<double> may have adapt_to(link), which moves the start values to suit a link.
template <class Model>
class Adapter final : public Protocol {
  public:
    Adapter(ProtocolInfo info, Model model) : Protocol(std::move(info)), model_(std::move(model)) {}

    void rates(const ColumnsRef& links, const ColumnsRef& points, Measure measure,
               Eigen::Ref<Eigen::ArrayXd> values) const override {
        for_packs(links, points,
                  [&](Eigen::Index row, Eigen::Index rows, const auto& link, const auto& point) {
                      store(evaluate<Pack>(link, point, -1, measure), values.data() + row, rows);
                  });
    }

    void slopes(const ColumnsRef& links, const ColumnsRef& points, Measure measure,
                Eigen::Ref<Eigen::ArrayXd> values,
                Eigen::Ref<Columns, 0, Eigen::OuterStride<>> slopes) const override {
        if constexpr (parameters == 0) return rates(links, points, measure, values);
        for_packs(links, points,
                  [&](Eigen::Index row, Eigen::Index rows, const auto& link, const auto& point) {
                      for (int first = 0; first < parameters; first += slope_width) {
                          const auto key =
                              evaluate<Dual<Pack, slope_width>>(link, point, quantities + first, measure);
                          store(key.value, values.data() + row, rows);
                          for (int k = 0; k < slope_width && first + k < parameters; ++k)
                              store(key.slopes[k], slopes.col(first + k).data() + row, rows);
                      }
                  });
    }

    double rate(std::span<const double> link, std::span<const double> point, Measure measure) const override {
        return evaluate<double>(link, point, -1, measure);
    }

    void start(std::span<const double> link, std::span<double> point) const override {
        const auto& table = info().parameters;
        for (std::size_t k = 0; k < table.size(); ++k) point[k] = table[k].start;
        if constexpr (requires(typename Model::template Parameters<double> p, Link<double> l) {
                          p.adapt_to(l);
                      }) {
            auto [l, p] = bind<double>(link, std::span<const double>(point), -1);
            p.adapt_to(l);
            std::size_t k = 0;
            p.each([&](double value) {
                if (table[k].optimised)
                    point[k] = std::clamp(value, table[k].search.lower, table[k].search.upper);
                ++k;
            });
        }
    }

    std::vector<double> sensitivity(std::span<const double> link,
                                    std::span<const double> point) const override {
        std::vector<double> result;
        for (int first = 0; first < quantities + parameters; first += slope_width) {
            const auto key = evaluate<Dual<double, slope_width>>(link, point, first, Measure::rate);
            for (int k = 0; k < slope_width && first + k < quantities + parameters; ++k)
                result.push_back(key.slopes[k]);
        }
        return result;
    }

    std::vector<Intermediate> explain(std::span<const double> link,
                                      std::span<const double> point) const override {
        std::vector<Intermediate> notes;
        const auto take = [&](const char* name, double value) { notes.push_back({name, value}); };
        const auto [l, p] = bind<double>(link, std::span<const double>(point), -1);
        take("key_rate", model_.key_rate(l, p, take).rate);
        return notes;
    }

    // The model at any scalar type, for tests of one scalar against another.
    template <class T>
    KeyRate<T> key_rate(std::span<const double> link, std::span<const double> point) const {
        const auto [l, p] = bind<T>(link, point, -1);
        return model_.key_rate(l, p, NoNotes{});
    }

  private:
    static constexpr int quantities = static_cast<int>(Link<double>::fields().size());
    static constexpr int parameters = Model::parameter_count;
    static constexpr int slope_width = parameters <= 8 ? std::max(parameters, 1) : (parameters + 1) / 2;

    // Numbers as members: Link and Parameters of T. With duals, `first_variable` is the quantity (link
    // quantities, then parameters) that has slope 1 in the first slot.
    template <class T, class Row>
    static auto bind(const Row& link, const Row& point, int first_variable) {
        int index = 0;
        const auto next = [&](const auto& number) {
            T x(number);
            if constexpr (requires { x.slopes; }) {
                const int slot = index - first_variable;
                if (slot >= 0 && slot < static_cast<int>(x.slopes.size())) x.slopes[slot] = 1.0;
            }
            ++index;
            return x;
        };
        std::pair<Link<T>, typename Model::template Parameters<T>> bound;
        static constexpr auto fields = Link<T>::fields();
        for (std::size_t k = 0; k < fields.size(); ++k) bound.first.*fields[k].member = next(link[k]);
        std::size_t k = 0;
        bound.second.each([&](T& member) { member = next(point[k++]); });
        return bound;
    }

    template <class T, class Row>
    T evaluate(const Row& link, const Row& point, int first_variable, Measure measure) const {
        const auto [l, p] = bind<T>(link, point, first_variable);
        return measured(model_.key_rate(l, p, NoNotes{}), measure);
    }

    // Calls f(row, rows, link, point) for each register-full of rows; the last one is filled up with its
    // first row.
    template <class F>
    static void for_packs(const ColumnsRef& links, const ColumnsRef& points, F f) {
        struct Lanes {
            std::array<Pack, static_cast<std::size_t>(std::max(quantities, parameters))> packs;
            const Pack& operator[](std::size_t k) const { return packs[k]; }
        };
        Lanes link, point;
        for (Eigen::Index row = 0; row < links.rows(); row += Pack::width) {
            const Eigen::Index rows = std::min<Eigen::Index>(Pack::width, links.rows() - row);
            for (int k = 0; k < quantities; ++k) link.packs[k] = load(links.col(k).data() + row, rows);
            for (int k = 0; k < parameters; ++k) point.packs[k] = load(points.col(k).data() + row, rows);
            f(row, rows, link, point);
        }
    }
    static Pack load(const double* from, Eigen::Index rows) {
        if (rows == Pack::width) return Pack::load(from);
        std::array<double, Pack::width> lanes;
        for (Eigen::Index i = 0; i < Pack::width; ++i) lanes[i] = from[i < rows ? i : 0];
        return Pack::load(lanes.data());
    }
    static void store(Pack from, double* to, Eigen::Index rows) {
        if (rows == Pack::width) return from.store(to);
        std::array<double, Pack::width> lanes;
        from.store(lanes.data());
        std::copy_n(lanes.data(), rows, to);
    }

    Model model_;
};

}  // namespace tfqkd
