package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.Output;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What aliases of aliases take from the symbols they name, while each of them changes. */
class AliasChainTest {
  private static final int OBJECT = STB_GLOBAL << 4 | STT_OBJECT;
  private static final int PLAIN = STB_GLOBAL << 4 | STT_NOTYPE;
  private static final int VALUE = 0x1234;

  @TempDir Path directory;
  private Output output;
  private int stream;

  @BeforeEach
  void open() throws Exception {
    Path library = directory.resolve("library.so");
    output = new ElfOutputs().open(OutputSpec.of(library, OutputKind.SHARED_LIBRARY));
    stream = output.stream("test");
  }

  @AfterEach
  void close() {
    output.close();
  }

  private void absolute(String name, int size, int info) throws Exception {
    output.defineSymbol(stream, output.name(name), -1, VALUE, size, info);
  }

  private void alias(String name, String target, int size, int info) throws Exception {
    output.defineSymbol(stream, output.name(name), output.name(target), 1, size, info);
  }

  /** Value, size and type of a symbol, after the output was found equal to a fresh one. */
  private List<String> published(String name) throws Exception {
    assertThat(output.flush().diagnostics()).isEmpty();
    assertThat(output.verify()).isEmpty();
    return Program.command(directory, "readelf", "-sW", "library.so")
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length == 8 && fields[7].equals(name))
        .map(fields -> Long.parseLong(fields[1], 16) + " " + fields[2] + " " + fields[3])
        .distinct()
        .toList();
  }

  @Test
  void theEndOfAChainChangesBehindASymbolThatStaysAsItIs() throws Exception {
    absolute("end", 4, PLAIN);
    alias("middle", "end", 8, OBJECT);
    alias("first", "middle", 0, PLAIN);
    assertThat(published("first")).containsExactly(VALUE + 2 + " 8 OBJECT");

    absolute("end", 16, STB_GLOBAL << 4 | STT_FUNC);
    assertThat(published("first")).containsExactly(VALUE + 2 + " 8 OBJECT");
    assertThat(published("middle")).containsExactly(VALUE + 1 + " 8 OBJECT");
  }

  @Test
  void whatTheMiddleOfAChainDoesNotSayComesFromItsEnd() throws Exception {
    absolute("end", 4, OBJECT);
    alias("middle", "end", 0, PLAIN);
    alias("first", "middle", 0, PLAIN);
    assertThat(published("first")).containsExactly(VALUE + 2 + " 4 OBJECT");

    absolute("end", 16, STB_GLOBAL << 4 | STT_FUNC);
    assertThat(published("first")).containsExactly(VALUE + 2 + " 16 FUNC");

    alias("middle", "end", 2, OBJECT);
    assertThat(published("first")).containsExactly(VALUE + 2 + " 2 OBJECT");

    alias("middle", "end", 0, PLAIN);
    assertThat(published("first")).containsExactly(VALUE + 2 + " 16 FUNC");
  }
}
