#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tfqkd/table/table.hpp"

namespace tfqkd {

// Makes a table row by row: every row adds the same columns, each with one cell.
class TableBuilder {
  public:
    void add(const std::string& column, double value) { place(column, Table::Numbers())->push(value); }
    void add(const std::string& column, std::string value) {
        place(column, Table::Text())->push(std::move(value));
    }
    void add(const std::string& column, const char* value) { add(column, std::string(value)); }
    // Throws Error (data) when some row left a column out.
    Table table() && {
        Table table;
        for (Column& column : columns_)
            std::visit([&](auto& cells) { table.add(column.name, std::move(cells)); }, column.cells);
        return table;
    }

  private:
    struct Column {
        std::string name;
        std::variant<Table::Numbers, Table::Text> cells;
        void push(double value) { std::get<Table::Numbers>(cells).push_back(value); }
        void push(std::string value) { std::get<Table::Text>(cells).push_back(std::move(value)); }
    };
    // The column of that name, which is most often the one after the last one that was asked for.
    Column* place(const std::string& name, std::variant<Table::Numbers, Table::Text> empty) {
        if (next_ < columns_.size() && columns_[next_].name == name) return &columns_[next_++];
        for (next_ = 0; next_ < columns_.size(); ++next_)
            if (columns_[next_].name == name) return &columns_[next_++];
        columns_.push_back({name, std::move(empty)});
        return &columns_[next_++];
    }

    std::vector<Column> columns_;
    std::size_t next_ = 0;
};

}  // namespace tfqkd
