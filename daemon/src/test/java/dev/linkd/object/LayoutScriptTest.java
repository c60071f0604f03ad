package dev.linkd.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.diag.LinkException;
import dev.linkd.object.LayoutCommand.Assertion;
import dev.linkd.object.LayoutCommand.Assign;
import dev.linkd.object.LayoutCommand.Data;
import dev.linkd.object.LayoutCommand.Header;
import dev.linkd.object.LayoutCommand.Inputs;
import dev.linkd.object.LayoutCommand.Pattern;
import dev.linkd.object.LayoutCommand.Region;
import dev.linkd.object.LayoutCommand.Scope;
import dev.linkd.object.LayoutCommand.Section;
import dev.linkd.object.LayoutCommand.SectionType;
import dev.linkd.object.LayoutCommand.Sort;
import dev.linkd.object.LayoutExpression.Binary;
import dev.linkd.object.LayoutExpression.Call;
import dev.linkd.object.LayoutExpression.Conditional;
import dev.linkd.object.LayoutExpression.Name;
import dev.linkd.object.LayoutExpression.Number;
import dev.linkd.object.LayoutExpression.Unary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts that lay out an image, from their text to commands. */
class LayoutScriptTest {

  private static LayoutScript parse(String text) throws LinkException {
    return LayoutScript.parse("layout.ld", text);
  }

  private static Section section(String text) throws LinkException {
    return parse("SECTIONS { " + text + " }").all(Section.class).findFirst().orElseThrow();
  }

  /** An expression with all parentheses, so that precedence shows. */
  private static String show(LayoutExpression expression) {
    return switch (expression) {
      case Number number -> Long.toString(number.value());
      case Name name -> name.name();
      case Unary unary -> unary.operator() + show(unary.operand());
      case Binary b -> "(" + show(b.left()) + b.operator() + show(b.right()) + ")";
      case Conditional c ->
          "(" + show(c.condition()) + "?" + show(c.yes()) + ":" + show(c.no()) + ")";
      case Call call -> {
        List<String> arguments = call.arguments().stream().map(LayoutScriptTest::show).toList();
        yield call.function() + "(" + call.name() + String.join(",", arguments) + ")";
      }
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " ;; ",
      quoteCharacter = '@',
      textBlock =
          """
          1 + 2 * 3                       ;; (1+(2*3))
          1 - 2 - 3                       ;; ((1-2)-3)
          . & ~7                          ;; (.&~7)
          a << 2 + 1                      ;; (a<<(2+1))
          a == 1 && b != 2 || !c          ;; (((a==1)&&(b!=2))||!c)
          a ? b : c ? d : e               ;; (a?b:(c?d:e))
          (1 + 2) * -3                    ;; ((1+2)*-3)
          0x10 + 010 + 2K + 1M            ;; (((16+8)+2048)+1048576)
          ALIGN(8)                        ;; ALIGN(8)
          ALIGN(., 0x10)                  ;; ALIGN(.,16)
          SIZEOF(.note.gnu.build-id) + 1  ;; (SIZEOF(.note.gnu.build-id)+1)
          DEFINED(x) ? x : 0              ;; (DEFINED(x)?x:0)
          MAX(1, MIN(2, 3))               ;; MAX(1,MIN(2,3))
          SEGMENT_START("text-segment", 4) ;; SEGMENT_START(text-segment4)
          ORIGIN(RAM) + LENGTH(RAM)       ;; (ORIGIN(RAM)+LENGTH(RAM))
          CONSTANT (MAXPAGESIZE)          ;; CONSTANT(MAXPAGESIZE)
          . + SIZEOF_HEADERS              ;; (.+SIZEOF_HEADERS())
          """)
  void expressionsAreThoseOfC(String text, String expected) throws Exception {
    Assign assign = parse("x = " + text + ";").all(Assign.class).findFirst().orElseThrow();
    assertThat(show(assign.value())).isEqualTo(expected);
  }

  @Test
  void assignmentsHaveScopesAndOperators() throws Exception {
    List<Assign> all =
        parse("a = 1; b += 2; PROVIDE(c = 3); PROVIDE_HIDDEN (d = .); HIDDEN(e=5);")
            .all(Assign.class)
            .toList();
    assertThat(all).extracting(Assign::symbol).containsExactly("a", "b", "c", "d", "e");
    assertThat(all)
        .extracting(Assign::scope)
        .containsExactly(
            Scope.ALWAYS, Scope.ALWAYS, Scope.PROVIDE, Scope.PROVIDE_HIDDEN, Scope.HIDDEN);
    assertThat(show(all.get(1).value())).isEqualTo("(b+2)");
    assertThat(parse("a = 1;").places()).isFalse();
    assertThat(parse("SECTIONS { }").places()).isTrue();
  }

  @Test
  void aSectionSaysWhereItIsAndWhatFollows() throws Exception {
    Section data =
        section(
            ".data 0x1000 (NOLOAD) : AT(0x2000) ALIGN(16) SUBALIGN(4) ONLY_IF_RW"
                + " { *(.data) } >RAM AT>FLASH :text :data =0x9090");
    assertThat(data.name()).isEqualTo(".data");
    assertThat(show(data.address().orElseThrow())).isEqualTo("4096");
    assertThat(data.type().loading()).isEqualTo(LayoutCommand.Loading.ROOM);
    assertThat(show(data.loadAddress().orElseThrow())).isEqualTo("8192");
    assertThat(show(data.alignment().orElseThrow())).isEqualTo("16");
    assertThat(show(data.inputAlignment().orElseThrow())).isEqualTo("4");
    assertThat(data.constraint()).isEqualTo(LayoutCommand.Constraint.ONLY_IF_RW);
    assertThat(data.region()).isEqualTo("RAM");
    assertThat(data.loadRegion()).isEqualTo("FLASH");
    assertThat(data.segments()).containsExactly("text", "data");
    assertThat(show(data.fill().orElseThrow().value())).isEqualTo("37008");
  }

  @Test
  void anAddressMayBeAnExpression() throws Exception {
    Section bss = section(".bss ALIGN(. + 1, 8) (NOLOAD) : { *(.bss) }");
    assertThat(show(bss.address().orElseThrow())).isEqualTo("ALIGN((.+1),8)");
    assertThat(bss.type().loading()).isEqualTo(LayoutCommand.Loading.ROOM);
    Section text = section(".text (0x100 + 4) : { *(.text) }");
    assertThat(show(text.address().orElseThrow())).isEqualTo("(256+4)");
  }

  @Test
  void discardedInputsMayFollowWhatFillsGaps() throws Exception {
    LayoutScript script =
        parse("SECTIONS { .a : { *(.a) } =0xcc /DISCARD/ : { *(.b) } .c : { *(.c) } = 0x90 / 2 }");
    List<Section> all = script.all(Section.class).toList();
    assertThat(all).extracting(Section::discards).containsExactly(false, true, false);
    assertThat(show(all.get(0).fill().orElseThrow().value())).isEqualTo("204");
    assertThat(show(all.get(2).fill().orElseThrow().value())).isEqualTo("(144/2)");
  }

  @Test
  void aSectionHasAType() throws Exception {
    for (String word : new String[] {"DSECT", "COPY", "INFO", "OVERLAY"}) {
      Section apart = section(".extra 0 (" + word + ") : { *(.extra) }");
      assertThat(apart.type().loading()).isEqualTo(LayoutCommand.Loading.APART);
    }
    Section typed = section(".extra (TYPE = SHT_NOTE) : { LONG(1) }");
    assertThat(typed.type()).isEqualTo(new SectionType(LayoutCommand.Loading.USUAL, false, 7));
    Section both = section(".extra . (READONLY (TYPE = 0x70000001)) : { LONG(1) }");
    assertThat(both.type().readOnly()).isTrue();
    assertThat(both.type().elfType()).isEqualTo(0x70000001);
    assertThat(section(".extra (READONLY) : { LONG(1) }").type().readOnly()).isTrue();
    assertThatThrownBy(() -> section(".extra (TYPE = SHT_ODD) : { LONG(1) }"))
        .hasMessageContaining("invalid section type 'SHT_ODD'");
  }

  @Test
  void inputsHavePatternsForFilesAndSections() throws Exception {
    Section text =
        section(
            """
            .text : {
              KEEP (*(.isr_vector))
              *(.text .text.*)
              *crtbegin?.o(.ctors)
              *libgcc.a:*(.rodata)
              :crt*.o(.rodata) KEEP(:"x y.o"(.rodata))
              *(EXCLUDE_FILE (*crtend.o *crtend?.o) .ctors .dtors)
              *(SORT_BY_NAME(SORT_BY_ALIGNMENT(.sorted.*)) SORT(.other))
              *(COMMON)
              SORT(CONSTRUCTORS)
            }
            """);
    List<Inputs> inputs = text.body().stream().map(Inputs.class::cast).toList();
    assertThat(inputs).hasSize(9);
    assertThat(inputs).extracting(Inputs::keep).startsWith(true, false);
    assertThat(inputs)
        .extracting(Inputs::files)
        .containsExactly(
            "*", "*", "*crtbegin?.o", "*libgcc.a:*", ":crt*.o", ":x y.o", "*", "*", "*");
    assertThat(inputs.get(1).sections())
        .extracting(Pattern::name)
        .containsExactly(".text", ".text.*");
    List<Pattern> excluding = inputs.get(6).sections();
    assertThat(excluding.getFirst().excludedFiles()).containsExactly("*crtend.o", "*crtend?.o");
    assertThat(excluding.getLast().excludedFiles()).isEmpty();
    List<Pattern> sorted = inputs.get(7).sections();
    assertThat(sorted.getFirst())
        .isEqualTo(new Pattern(".sorted.*", List.of(), Sort.NAME, Sort.ALIGNMENT));
    assertThat(sorted.getLast().sort()).isEqualTo(Sort.NAME);
  }

  @Test
  void sectionsContainStatements() throws Exception {
    Section section =
        section(
            ".x : { _start = .; BYTE(1) SHORT(2); LONG(3) QUAD(4) . = ALIGN(8); FILL(0xff)"
                + " ASSERT(. > 1, \"small\"); PROVIDE(_end = .); }");
    assertThat(section.body()).hasSize(9);
    assertThat(section.body().subList(1, 5))
        .extracting(command -> ((Data) command).bytes())
        .containsExactly(1, 2, 4, 8);
    assertThat(((Assertion) section.body().get(7)).message()).isEqualTo("small");
  }

  @Test
  void memoryAndHeadersAreDeclared() throws Exception {
    LayoutScript script =
        parse(
            """
            MEMORY {
              FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 64K
              RAM (xrw)  : org = 0x20000000, len = 20K
              PLAIN : ORIGIN = 0, l = 1
            }
            PHDRS {
              text PT_LOAD FILEHDR PHDRS FLAGS(5);
              data PT_LOAD AT(0x100);
              stack 0x6474e551;
            }
            """);
    List<Region> regions = script.all(Region.class).toList();
    assertThat(regions).extracting(Region::name).containsExactly("FLASH", "RAM", "PLAIN");
    assertThat(regions).extracting(Region::attributes).containsExactly("rx", "xrw", "");
    assertThat(show(regions.get(1).length())).isEqualTo("20480");
    List<Header> headers = script.all(Header.class).toList();
    assertThat(headers).extracting(Header::name).containsExactly("text", "data", "stack");
    assertThat(headers.getFirst().fileHeader()).isTrue();
    assertThat(show(headers.getFirst().flags().orElseThrow())).isEqualTo("5");
    assertThat(show(headers.get(1).address().orElseThrow())).isEqualTo("256");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " ;; ",
      quoteCharacter = '@',
      textBlock =
          """
          SECTIONS { .text : { *(.text) }  ;; layout.ld:1:32 ;; SECTIONS does not end
          SECTIONS { .text { } }           ;; layout.ld:1:18 ;; expression expected
          x = 1 + ;                        ;; layout.ld:1:9  ;; expression expected
          x = (1;                          ;; layout.ld:1:7  ;; expected ')'
          MEMORY { A : LENGTH = 1 }        ;; layout.ld:1:14 ;; expected one of
          SECTIONS { .a : { *(.b } }       ;; layout.ld:1:24 ;; expected the name
          ASSERT(1)                        ;; layout.ld:1:9  ;; expected ','
          FROB(1)                          ;; layout.ld:1:1  ;; 'FROB' is not supported
          x = 09x;                         ;; layout.ld:1:5  ;; invalid number
          INSERT AFTER .text               ;; layout.ld:1:1  ;; 'INSERT' is not supported
          SECTIONS { OVERLAY : { } }       ;; layout.ld:1:24 ;; OVERLAY does not end
          """)
  void faultsNameScriptLineAndColumn(String text, String where, String what) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining(where)
        .hasMessageContaining(what);
  }

  @Test
  void deepNestingIsRefusedWithoutExhaustingTheStack() {
    String deep = "(".repeat(100_000) + "1";
    assertThatThrownBy(() -> parse("x = " + deep)).hasMessageContaining("nested too deeply");
    assertThatThrownBy(() -> parse("x = " + "-".repeat(100_000) + "1"))
        .hasMessageContaining("nested too deeply");
  }
}
