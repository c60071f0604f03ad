package dev.linkd.example;

import com.google.protobuf.ByteString;
import dev.linkd.client.DaemonConnection;
import dev.linkd.client.DaemonConnector;
import dev.linkd.client.UpdateStream;
import dev.linkd.v1.AtomPut;
import dev.linkd.v1.Definition;
import dev.linkd.v1.FlushReport;
import dev.linkd.v1.OpenRequest;
import dev.linkd.v1.OutputKind;
import dev.linkd.v1.OutputOptions;
import dev.linkd.v1.Update;
import java.nio.file.Path;
import java.util.HexFormat;

/** A compiler that generates machine code and lets linkd make a program of it. */
public final class ExampleCompiler {
  private static final int SHT_PROGBITS = 1;
  private static final int SHF_WRITE = 1;
  private static final int SHF_ALLOC = 2;
  private static final int SHF_EXECINSTR = 4;
  private static final int GLOBAL_OBJECT = 0x11; // st_info: STB_GLOBAL << 4 | STT_OBJECT
  private static final int GLOBAL_FUNC = 0x12;
  private static final int R_X86_64_PC32 = 2;
  private static final int R_X86_64_PLT32 = 4;

  private ExampleCompiler() {}

  /** Links a program, runs it, patches one function, and runs it again: exits with 41, then 42. */
  public static void main(String[] arguments) throws Exception {
    Path socket = Path.of(arguments[0]);
    Path program = Path.of(arguments[1]);
    try (DaemonConnection daemon = new DaemonConnector(socket).connect()) {
      long handle = open(daemon, program);
      try (UpdateStream updates = daemon.update(handle, "example.src")) {
        // Forward references are normal: _start is sent before what it calls.
        updates.send(
            function("_start", "e8 00000000 89c7 b83c000000 0f05", 1, R_X86_64_PLT32, "answer"),
            function("answer", "8b05 00000000 c3", 2, R_X86_64_PC32, "base"),
            object("base", "29000000"));
        publish(updates);
        run(program);

        // The function changed and grew. Only its bytes and the places that refer to it are
        // written.
        updates.send(function("answer", "8b05 00000000 83c001 c3", 2, R_X86_64_PC32, "base"));
        publish(updates);
        run(program);
      }
    }
  }

  private static long open(DaemonConnection daemon, Path program) {
    OutputOptions options =
        OutputOptions.newBuilder()
            .setPath(program.toString())
            .setKind(OutputKind.OUTPUT_KIND_STATIC_EXECUTABLE)
            .build();
    return daemon.link().open(OpenRequest.newBuilder().setOptions(options).build()).getHandle();
  }

  /** A function in a section of its own with one relocation; the addend is that of a call. */
  private static Update function(String name, String hex, int offset, int kind, String target) {
    AtomPut.Builder atom =
        atom(name, ".text." + name, SHF_ALLOC | SHF_EXECINSTR, GLOBAL_FUNC, hex)
            .addTargetNames(ByteString.copyFromUtf8(target))
            .addRelocationOffsets(offset)
            .addRelocationKinds(kind)
            .addRelocationTargets(0) // index into target_names
            .addRelocationAddends(-4);
    return Update.newBuilder().setPutAtom(atom).build();
  }

  private static Update object(String name, String hex) {
    AtomPut.Builder atom = atom(name, ".data." + name, SHF_ALLOC | SHF_WRITE, GLOBAL_OBJECT, hex);
    return Update.newBuilder().setPutAtom(atom).build();
  }

  private static AtomPut.Builder atom(
      String name, String section, int flags, int info, String hex) {
    byte[] content = HexFormat.of().parseHex(hex.replace(" ", ""));
    return AtomPut.newBuilder()
        .setKey(ByteString.copyFromUtf8(name)) // any bytes; the same key replaces the atom
        .setSection(ByteString.copyFromUtf8(section))
        .setSectionType(SHT_PROGBITS)
        .setSectionFlags(flags)
        .setAlignment(16)
        .setContent(ByteString.copyFrom(content))
        .addDefinitions(
            Definition.newBuilder()
                .setName(ByteString.copyFromUtf8(name))
                .setSize(content.length)
                .setInfo(info));
  }

  private static void publish(UpdateStream updates) {
    FlushReport report = updates.flush();
    report.getDiagnosticsList().forEach(d -> System.err.println(d.getMessage()));
    System.out.println(
        (report.getPublished() ? "published generation " : "still generation ")
            + report.getGeneration());
  }

  private static void run(Path program) throws Exception {
    int status = new ProcessBuilder(program.toString()).inheritIO().start().waitFor();
    System.out.println("exit status " + status);
  }
}
