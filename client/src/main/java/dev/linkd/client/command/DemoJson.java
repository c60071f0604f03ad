package dev.linkd.client.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.linkd.client.demo.DemoListener;
import dev.linkd.client.demo.FullLink;
import dev.linkd.client.demo.Patch;
import dev.linkd.client.demo.Repetition;
import dev.linkd.client.demo.Step;
import dev.linkd.v1.UpdateResponse;
import java.nio.file.Path;
import java.util.List;

/** Collects what the demo does into one object for programs. */
final class DemoJson implements DemoListener {
  private static final double MEDIAN = 0.5;
  private static final double NEARLY_ALL = 0.99;

  private final JsonObject object = new JsonObject();
  private final JsonArray steps = new JsonArray();
  private List<String> differences = List.of();

  DemoJson() {
    object.add("steps", steps);
  }

  List<String> differences() {
    return differences;
  }

  /** The object as text. */
  String text() {
    return object.toString();
  }

  @Override
  public void started(Path directory, String compiler) {
    object.addProperty("directory", directory.toString());
    object.addProperty("compiler", compiler);
  }

  @Override
  public void step(Step step) {
    JsonObject member = new JsonObject();
    member.addProperty("title", step.title());
    member.addProperty("compileNanos", step.compileNanos());
    addPatch(member, step.patch());
    member.addProperty("output", step.output());
    steps.add(member);
  }

  @Override
  public void repeated(Repetition repetition) {
    JsonObject member = new JsonObject();
    member.addProperty("warmUps", repetition.warmUps());
    member.addProperty("count", repetition.count());
    member.addProperty("medianNanos", repetition.quantileNanos(MEDIAN));
    member.addProperty("minNanos", repetition.quantileNanos(0));
    member.addProperty("p99Nanos", repetition.quantileNanos(NEARLY_ALL));
    addPatch(member, repetition.last());
    object.add("repeated", member);
  }

  @Override
  public void fullLink(FullLink link) {
    JsonObject member = new JsonObject();
    member.addProperty("linker", link.linker());
    member.addProperty("count", link.nanos().length);
    member.addProperty("medianNanos", link.medianNanos());
    object.add("fullLink", member);
  }

  @Override
  public void verified(List<String> found) {
    differences = found;
    JsonArray texts = new JsonArray();
    found.forEach(texts::add);
    object.add("differences", texts);
  }

  private static void addPatch(JsonObject member, Patch patch) {
    UpdateResponse inputs = UpdateResponse.newBuilder().addAllInputs(patch.inputs()).build();
    member.addProperty("roundTripNanos", patch.roundTripNanos());
    member.add("inputs", json(inputs).getAsJsonObject().get("inputs"));
    member.add("report", json(patch.report()));
  }

  /** A message of the API as it looks in the output of the other commands. */
  private static JsonElement json(MessageOrBuilder message) {
    try {
      return JsonParser.parseString(
          JsonFormat.printer().alwaysPrintFieldsWithNoPresence().print(message));
    } catch (InvalidProtocolBufferException fault) {
      throw new IllegalStateException("a message without Any cannot fail", fault);
    }
  }
}
