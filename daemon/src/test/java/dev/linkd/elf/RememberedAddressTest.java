package dev.linkd.elf;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.linkd.output.AtomUpdate;
import dev.linkd.output.OutputKind;
import dev.linkd.output.OutputSpec;
import dev.linkd.store.InputStore;
import dev.linkd.symbol.Symbols;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symbols remember their addresses until they move, and a wrong one would not go unnoticed. */
class RememberedAddressTest {

  private static final int CALL = 1;

  @TempDir Path directory;

  private final AtomUpdate update = new AtomUpdate();
  private Link link;
  private Stream stream;

  @BeforeEach
  void twoFunctions() throws Exception {
    OutputSpec spec = OutputSpec.of(directory.resolve("program"), OutputKind.STATIC_EXECUTABLE);
    link = new Link(spec, new InputStore(1 << 20));
    stream = link.addStream("test");
    put("_start", 16, "callee");
    put("callee", 16, "callee");
    put("behind", 16, "callee");
    link.settle();
    assertThat(link.state.problems.list()).isEmpty();
  }

  @AfterEach
  void close() {
    link.close();
  }

  private int name(String text) {
    return link.state.names.intern(text);
  }

  private int symbol(String text) {
    return link.state.global(name(text));
  }

  private void put(String function, int size, String callee) throws Exception {
    update.clear();
    update.key = name(function);
    update.section = name(".text");
    update.sectionType = SHT_PROGBITS;
    update.sectionFlags = SHF_ALLOC | SHF_EXECINSTR;
    update.alignment = 16;
    update.size = size;
    update.bytes = MemorySegment.ofArray(new byte[size]);
    update.addDefinition(update.key, 0, size, STB_GLOBAL << 4 | STT_FUNC);
    update.addRelocation(CALL, R_X86_64_PLT32, AtomUpdate.TARGET_GLOBAL, name(callee), -4);
    link.streams.put(stream, update);
  }

  private List<String> imageFindings() {
    Findings findings = new Findings();
    new ImageCheck(link, findings).check();
    return findings.lines();
  }

  @Test
  void anAddressIsKnownOnceItWasUsedAndForgottenWhenTheSymbolMoves() throws Exception {
    Symbols symbols = link.state.symbols;
    long before = symbols.address(symbol("callee"));
    assertThat(symbols.addressed(symbol("callee"))).isTrue();
    assertThat(before).isEqualTo(link.parts.view.definedAddress(symbol("callee")));

    put("callee", 4000, "callee");
    link.settle();
    long after = link.parts.view.definedAddress(symbol("callee"));
    assertThat(after).isNotEqualTo(before);
    assertThat(symbols.address(symbol("callee"))).isEqualTo(after);
    assertThat(imageFindings()).isEmpty();
  }

  @Test
  void anAddressIsForgottenWithItsDefinition() throws Exception {
    Symbols symbols = link.state.symbols;
    link.streams.remove(stream.number, name("callee"));
    link.settle();
    assertThat(symbols.state(symbol("callee"))).isEqualTo(Symbols.UNDEFINED);
    assertThat(symbols.addressed(symbol("callee"))).isFalse();
    assertThat(link.parts.view.address(symbol("callee"))).isZero();
  }

  @Test
  void theVerificationTrustsNoAddressThatIsRemembered() throws Exception {
    int callee = symbol("callee");
    link.state.symbols.setAddress(callee, link.state.symbols.address(callee) + 16);
    put("_start", 32, "callee");
    link.settle();
    assertThat(imageFindings()).singleElement().asString().contains("stale bytes", "_start");
  }
}
