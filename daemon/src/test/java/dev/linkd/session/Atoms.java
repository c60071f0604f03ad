package dev.linkd.session;

import com.google.protobuf.ByteString;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.FlushMark;
import dev.linkd.v1.Update;
import java.util.function.Consumer;

/** Updates for tests. */
public final class Atoms {
  private static final int R_X86_64_PLT32 = 4;

  private Atoms() {}

  /** A function that is named like its atom. */
  public static AtomPut.Builder function(String name, String content) {
    return AtomPut.newBuilder()
        .setKey(bytes(name))
        .setSection(bytes(".text." + name))
        .setSectionType(1)
        .setSectionFlags(6)
        .setAlignment(16)
        .setContent(bytes(content))
        .addDefinitions(
            Definition.newBuilder().setName(bytes(name)).setSize(content.length()).setInfo(0x12));
  }

  /** A function that calls another. */
  public static AtomPut.Builder caller(String name, String content, String callee) {
    return function(name, content)
        .addTargetNames(bytes(callee))
        .addRelocationOffsets(1)
        .addRelocationKinds(R_X86_64_PLT32)
        .addRelocationTargets(0)
        .addRelocationAddends(-4);
  }

  public static Update put(AtomPut.Builder atom) {
    return Update.newBuilder().setPutAtom(atom).build();
  }

  /** A function with a fault in it. */
  public static Update broken(Consumer<AtomPut.Builder> breaking) {
    AtomPut.Builder atom = caller("broken", "0123456789", "somewhere");
    breaking.accept(atom);
    return put(atom);
  }

  public static Update flush() {
    return Update.newBuilder().setFlush(FlushMark.getDefaultInstance()).build();
  }

  public static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
