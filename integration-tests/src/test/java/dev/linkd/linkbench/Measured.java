package dev.linkd.linkbench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The results of one program, read back from JSON. */
record Measured(JsonObject json) {

  String name() {
    return json.get("program").getAsString();
  }

  String description() {
    return json.get("description").getAsString();
  }

  /** One series. */
  record Row(JsonObject json) {
    String caseName() {
      return json.get("case").getAsString();
    }

    String linker() {
      return json.get("linker").getAsString();
    }

    double median() {
      return json.get("medianMillis").getAsDouble();
    }

    double p10() {
      return json.get("p10Millis").getAsDouble();
    }

    double p90() {
      return json.get("p90Millis").getAsDouble();
    }

    int runs() {
      return json.get("runs").getAsInt();
    }

    long peakKib() {
      return json.get("peakKib").getAsLong();
    }

    int fullLinks() {
      return json.get("fullLinks").getAsInt();
    }
  }

  List<Row> rows() {
    Stream<JsonElement> all = json.getAsJsonArray("cases").asList().stream();
    return all.map(each -> new Row(each.getAsJsonObject())).toList();
  }

  List<Row> rows(String caseName) {
    return rows().stream().filter(row -> row.caseName().equals(caseName)).toList();
  }

  Optional<Row> linkd(String caseName) {
    return rows(caseName).stream()
        .filter(row -> row.linker().equals(ProgramResult.LINKD))
        .findFirst();
  }

  /** Median of the fastest other linker of some in a case, in milliseconds. */
  OptionalDouble fastest(String caseName, Predicate<String> linker) {
    return rows(caseName).stream()
        .filter(row -> !row.linker().equals(ProgramResult.LINKD))
        .filter(row -> linker.test(row.linker()))
        .mapToDouble(Row::median)
        .min();
  }

  OptionalDouble fullLink(Predicate<String> linker) {
    return fastest(ProgramResult.FULL, linker);
  }

  OptionalDouble value(String name) {
    JsonElement value = json.getAsJsonObject("values").get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.getAsDouble());
  }
}
