package dev.linkd.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.linkd.server.TestDaemon;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.GetRequest;
import dev.linkd.v1.ImportedSymbol;
import dev.linkd.v1.LibraryImport;
import dev.linkd.v1.SymbolDefine;
import dev.linkd.v1.TargetSpace;
import dev.linkd.v1.Update;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Updates that contradict themselves are rejected one by one; the stream goes on. */
class AtomValidationTest {
  @TempDir Path directory;

  private static Map<String, Consumer<AtomPut.Builder>> faults() {
    Map<String, Consumer<AtomPut.Builder>> faults = new TreeMap<>();
    faults.put("the key of the atom is empty", a -> a.clearKey());
    faults.put("the key of the atom contains NUL", a -> a.setKey(Atoms.bytes("a\0b")));
    faults.put(
        "the key of the atom is longer than 65535 bytes",
        a -> a.setKey(Atoms.bytes("k".repeat(65_536))));
    faults.put("the section name is empty", a -> a.clearSection());
    faults.put("the section type is out of range", a -> a.setSectionType(-1));
    faults.put("the alignment is not a power of two", a -> a.setAlignment(12));
    faults.put("the alignment is not a power of two up", a -> a.setAlignment(1L << 25));
    faults.put("the alignment is not a power of two up to", a -> a.setAlignment(Long.MIN_VALUE));
    faults.put("an atom of type SHT_NOBITS has content", a -> a.setSectionType(8));
    faults.put(
        "18446744073709551615 bytes in an atom",
        a -> a.setSectionType(8).clearContent().setSize(-1));
    faults.put(
        "2147483649 bytes in an atom",
        a -> a.setSectionType(8).clearContent().setSize((1L << 31) + 1));
    faults.put("the size is not the length of the content", a -> a.setSize(9));
    faults.put("the size is not the length of", a -> a.clearContent().setSize(10));
    faults.put("a definition starts outside the atom", a -> define(a, 11, 0));
    faults.put("a definition starts outside", a -> define(a, Long.MIN_VALUE, 0));
    faults.put("a definition ends outside the atom", a -> define(a, 1, 10));
    faults.put("a definition ends outside", a -> define(a, 10, Long.MAX_VALUE));
    faults.put("a definition ends", a -> define(a, 0, -1));
    faults.put(
        "the name of a definition is empty",
        a -> a.addDefinitions(Definition.getDefaultInstance()));
    faults.put(
        "symbol info is out of range",
        a -> a.addDefinitions(Definition.newBuilder().setName(Atoms.bytes("d")).setInfo(256)));
    faults.put(
        "symbol visibility is out of range",
        a -> a.addDefinitions(Definition.newBuilder().setName(Atoms.bytes("d")).setOther(-1)));
    faults.put(
        "there are more target spaces than targets",
        a ->
            a.addTargetSpaces(TargetSpace.TARGET_SPACE_LOCAL)
                .addTargetSpaces(TargetSpace.TARGET_SPACE_LOCAL));
    faults.put("unknown target space 77", a -> a.addTargetSpacesValue(77));
    faults.put("the name of a target is empty", a -> a.addTargetNames(ByteString.EMPTY));
    faults.put("a relocation is outside the atom", a -> a.setRelocationOffsets(0, 10));
    faults.put("a relocation is outside", a -> a.setRelocationOffsets(0, -1));
    faults.put("a relocation kind is out of range", a -> a.setRelocationKinds(0, -1));
    faults.put("a relocation has no such target", a -> a.setRelocationTargets(0, 1));
    faults.put("a relocation has no such", a -> a.setRelocationTargets(0, -1));
    faults.put("the relocation arrays differ in length", a -> a.addRelocationOffsets(2));
    faults.put("the relocation arrays differ", a -> a.clearRelocationAddends());
    faults.put("the relocation arrays", a -> a.addRelocationKinds(2));
    return faults;
  }

  private static void define(AtomPut.Builder atom, long offset, long size) {
    atom.addDefinitions(
        Definition.newBuilder().setName(Atoms.bytes("d")).setOffset(offset).setSize(size));
  }

  @TestFactory
  Iterable<DynamicTest> aFaultyAtomIsRejectedWithAMessageThatNamesIt() {
    return faults().entrySet().stream()
        .map(fault -> DynamicTest.dynamicTest(fault.getKey(), () -> rejected(fault)))
        .toList();
  }

  private void rejected(Map.Entry<String, Consumer<AtomPut.Builder>> fault) throws Exception {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
      client.send(Atoms.broken(fault.getValue()), Atoms.put(Atoms.function("good", "code")));
      client.awaitAcknowledged(2);

      assertThat(client.rejections())
          .singleElement()
          .satisfies(
              rejection -> {
                assertThat(rejection.getDiagnostic().getMessage()).startsWith(fault.getKey());
                assertThat(rejection.getDiagnostic().getPlace().getInput()).isEqualTo("unit");
              });
      assertThat(
              daemon
                  .link()
                  .get(GetRequest.newBuilder().setHandle(handle).build())
                  .getOutput()
                  .getAtoms())
          .isEqualTo(1);
    }
  }

  @Test
  void anUnbrokenAtomIsAccepted() throws Exception {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
      client.send(
          Atoms.broken(a -> {}),
          Atoms.broken(a -> a.setKey(Atoms.bytes("aligned")).setAlignment(1 << 20)),
          Atoms.broken(a -> a.setKey(Atoms.bytes("sized")).setSize(10)),
          Atoms.broken(a -> define(a.setKey(Atoms.bytes("end")), 10, 0)),
          Atoms.broken(a -> a.setKey(Atoms.bytes("no type")).clearSectionType()),
          Atoms.broken(
              a ->
                  a.setKey(Atoms.bytes("bss")).setSectionType(8).clearContent().setSize(1L << 31)));
      client.awaitAcknowledged(2);
      assertThat(client.rejections()).isEmpty();
    }
  }

  @Test
  void faultySymbolsAndLibrariesAreRejected() throws Exception {
    try (TestDaemon daemon = new TestDaemon(directory)) {
      long handle = daemon.open("program").getHandle();
      StreamClient client = StreamClient.begin(daemon.channel(), handle, "unit");
      client.send(
          define(SymbolDefine.newBuilder()),
          define(SymbolDefine.newBuilder().setName(Atoms.bytes("s")).setSize(-1)),
          define(SymbolDefine.newBuilder().setName(Atoms.bytes("s")).setInfo(-1)),
          define(SymbolDefine.newBuilder().setName(Atoms.bytes("s")).setAliasOf(Atoms.bytes("\0"))),
          library(LibraryImport.newBuilder()),
          library(LibraryImport.newBuilder().setSoname("x".repeat(4_097))),
          library(
              LibraryImport.newBuilder()
                  .setSoname("l")
                  .addSymbols(ImportedSymbol.getDefaultInstance())),
          library(
              LibraryImport.newBuilder()
                  .setSoname("l")
                  .addSymbols(ImportedSymbol.newBuilder().setName("s").setSize(-1))));
      client.awaitAcknowledged(2);
      assertThat(client.rejections()).hasSize(8);
      assertThat(client.rejections())
          .allSatisfy(r -> assertThat(r.getDiagnostic().getCode()).isEqualTo("INVALID_REQUEST"));
    }
  }

  private static Update define(SymbolDefine.Builder symbol) {
    return Update.newBuilder().setDefineSymbol(symbol).build();
  }

  private static Update library(LibraryImport.Builder library) {
    return Update.newBuilder().setImportLibrary(library).build();
  }
}
