package dev.linkd.elf.x86_64;

import static dev.linkd.object.ElfConstants.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.linkd.object.ElfConstants;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelocationKindsTest {

  private static final byte FILL = 0x5a;

  /** Field and calculation columns of the psABI's table of relocation types. */
  @ParameterizedTest
  @CsvSource({
    "0,  R_X86_64_NONE,            0, NOTHING",
    "1,  R_X86_64_64,              8, S_A",
    "2,  R_X86_64_PC32,            4, S_A_P",
    "3,  R_X86_64_GOT32,           4, G_A",
    "4,  R_X86_64_PLT32,           4, L_A_P",
    "9,  R_X86_64_GOTPCREL,        4, G_GOT_A_P",
    "10, R_X86_64_32,              4, S_A",
    "11, R_X86_64_32S,             4, S_A",
    "12, R_X86_64_16,              2, S_A",
    "13, R_X86_64_PC16,            2, S_A_P",
    "14, R_X86_64_8,               1, S_A",
    "15, R_X86_64_PC8,             1, S_A_P",
    "17, R_X86_64_DTPOFF64,        8, DTP_OFFSET",
    "18, R_X86_64_TPOFF64,         8, TP_OFFSET",
    "19, R_X86_64_TLSGD,           4, TLSGD_A_P",
    "20, R_X86_64_TLSLD,           4, TLSLD_A_P",
    "21, R_X86_64_DTPOFF32,        4, DTP_OFFSET",
    "22, R_X86_64_GOTTPOFF,        4, GOTTP_A_P",
    "23, R_X86_64_TPOFF32,         4, TP_OFFSET",
    "24, R_X86_64_PC64,            8, S_A_P",
    "25, R_X86_64_GOTOFF64,        8, S_A_GOT",
    "26, R_X86_64_GOTPC32,         4, GOT_A_P",
    "27, R_X86_64_GOT64,           8, G_A",
    "28, R_X86_64_GOTPCREL64,      8, G_GOT_A_P",
    "29, R_X86_64_GOTPC64,         8, GOT_A_P",
    "30, R_X86_64_GOTPLT64,        8, G_A",
    "31, R_X86_64_PLTOFF64,        8, L_A_GOT",
    "32, R_X86_64_SIZE32,          4, Z_A",
    "33, R_X86_64_SIZE64,          8, Z_A",
    "34, R_X86_64_GOTPC32_TLSDESC, 4, TLSDESC_A_P",
    "35, R_X86_64_TLSDESC_CALL,    0, NOTHING",
    "41, R_X86_64_GOTPCRELX,       4, G_GOT_A_P",
    "42, R_X86_64_REX_GOTPCRELX,   4, G_GOT_A_P",
    "43, R_X86_64_CODE_4_GOTPCRELX,       4, G_GOT_A_P",
    "44, R_X86_64_CODE_4_GOTTPOFF,        4, GOTTP_A_P",
    "45, R_X86_64_CODE_4_GOTPC32_TLSDESC, 4, TLSDESC_A_P",
  })
  void inputKindsAreAsInThePsabi(int kind, String name, int width, Expression expression) {
    assertThat(RelocationKinds.name(kind)).isEqualTo(name);
    assertThat(RelocationKinds.width(kind)).isEqualTo(width);
    assertThat(RelocationKinds.expression(kind)).isEqualTo(expression);
    assertThat(RelocationKinds.input(kind)).isTrue();
    assertThat(RelocationKinds.pcRelative(kind)).isEqualTo(expression.name().endsWith("_P"));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 7, 8, 16, 36, 37, 38})
  void kindsOfTheDynamicLinkerAreNotInputs(int kind) {
    assertThat(RelocationKinds.known(kind)).isTrue();
    assertThat(RelocationKinds.dynamic(kind)).isTrue();
    assertThat(RelocationKinds.input(kind)).isFalse();
    assertThat(RelocationKinds.expression(kind)).isEqualTo(Expression.LOADER);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 52, 249, 252, 255, 256, 257, 65_538, Integer.MIN_VALUE})
  void otherNumbersAreUnknown(int kind) {
    assertThat(RelocationKinds.known(kind)).isFalse();
    assertThat(RelocationKinds.input(kind)).isFalse();
    assertThat(RelocationKinds.dynamic(kind)).isFalse();
    assertThat(RelocationKinds.pcRelative(kind)).isFalse();
    assertThat(RelocationKinds.width(kind)).isZero();
    assertThat(RelocationKinds.name(kind))
        .isEqualTo("unknown relocation kind " + Integer.toUnsignedString(kind));
  }

  @Test
  void everyNamedNumberHasARowOfThatName() throws IllegalAccessException {
    int rows = 0;
    for (Field field : ElfConstants.class.getFields()) {
      if (field.getName().startsWith("R_X86_64_")) {
        assertThat(RelocationKinds.name(field.getInt(null))).isEqualTo(field.getName());
        rows++;
      }
    }
    for (int kind = 0; kind < 256; kind++) {
      rows -= RelocationKinds.known(kind) ? 1 : 0;
    }
    assertThat(rows).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "R_X86_64_PC32,       2, -2147483648, 2147483647",
    "R_X86_64_PLT32,      4, -2147483648, 2147483647",
    "R_X86_64_GOTPCREL,   9, -2147483648, 2147483647",
    "R_X86_64_32,        10, 0,           4294967295",
    "R_X86_64_32S,       11, -2147483648, 2147483647",
    "R_X86_64_16,        12, -32768,      65535",
    "R_X86_64_PC16,      13, -32768,      32767",
    "R_X86_64_8,         14, -128,        255",
    "R_X86_64_PC8,       15, -128,        127",
    "R_X86_64_DTPOFF32,  21, -2147483648, 2147483647",
    "R_X86_64_TPOFF32,   23, -2147483648, 2147483647",
    "R_X86_64_GOTPC32,   26, -2147483648, 2147483647",
    "R_X86_64_SIZE32,    32, 0,           4294967295",
  })
  void aFieldHoldsItsRangeAndNothingElse(String name, int kind, long min, long max) {
    assertThat(RelocationKinds.check(kind, min)).isEqualTo(RelocationKinds.FITS);
    assertThat(RelocationKinds.check(kind, max)).isEqualTo(RelocationKinds.FITS);
    assertThat(RelocationKinds.check(kind, min - 1)).isEqualTo(RelocationKinds.TOO_LOW);
    assertThat(RelocationKinds.check(kind, max + 1)).isEqualTo(RelocationKinds.TOO_HIGH);
    assertThat(RelocationKinds.check(kind, Long.MIN_VALUE)).isEqualTo(RelocationKinds.TOO_LOW);
    assertThat(RelocationKinds.check(kind, Long.MAX_VALUE)).isEqualTo(RelocationKinds.TOO_HIGH);
    assertThat(RelocationKinds.outOfRange(kind, "x", max + 1))
        .isEqualTo(
            "relocation %s against x out of range: 0x%x is not in [%d, %d]"
                .formatted(name, max + 1, min, max));
  }

  @Test
  void aNegativeValueIsPrintedWithItsSign() {
    assertThat(RelocationKinds.outOfRange(R_X86_64_PC8, "x", -129))
        .isEqualTo("relocation R_X86_64_PC8 against x out of range: -0x81 is not in [-128, 127]");
    assertThat(RelocationKinds.outOfRange(R_X86_64_32, "x", Long.MIN_VALUE))
        .contains(": -0x8000000000000000 is not in");
  }

  @Test
  void anUnsignedFieldTakesTheUpperHalfThatASignedOneDoesNot() {
    byte[] image = image();
    assertThat(apply(image, R_X86_64_32, 0x8000_0000L)).isEqualTo(RelocationKinds.FITS);
    assertThat(image).startsWith(FILL, FILL, FILL, 0, 0, 0, (byte) 0x80, FILL);
    byte[] other = image();
    assertThat(apply(other, R_X86_64_32S, 0x8000_0000L)).isEqualTo(RelocationKinds.TOO_HIGH);
    assertThat(other).as("left alone").isEqualTo(image());
  }

  @Test
  void fieldsAreLittleEndianAndUnaligned() {
    byte[] image = image();
    apply(image, R_X86_64_64, 0x0102030405060708L);
    assertThat(image).startsWith(FILL, FILL, FILL, 8, 7, 6, 5, 4, 3, 2, 1, FILL);
    byte[] small = image();
    apply(small, R_X86_64_PC16, -2);
    assertThat(small).startsWith(FILL, FILL, FILL, (byte) 0xfe, (byte) 0xff, FILL);
  }

  @Test
  void aMarkerWritesNothing() {
    byte[] image = image();
    assertThat(apply(image, R_X86_64_NONE, 77)).isEqualTo(RelocationKinds.FITS);
    assertThat(apply(image, R_X86_64_TLSDESC_CALL, -1)).isEqualTo(RelocationKinds.FITS);
    assertThat(image).isEqualTo(image());
  }

  @Test
  void aDescriptorIsNotOneField() {
    assertThatThrownBy(() -> apply(image(), R_X86_64_TLSDESC, 0))
        .hasMessage("R_X86_64_TLSDESC is not one field");
  }

  @ParameterizedTest
  @ValueSource(longs = {41, 42})
  void whatIsWrittenReadsBackAndTouchesOnlyTheField(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 20_000; step++) {
      int kind = random.nextInt(256);
      if (!RelocationKinds.known(kind) || kind == R_X86_64_TLSDESC) {
        continue;
      }
      int width = RelocationKinds.width(kind);
      long value = random.nextLong() >> random.nextInt(64);
      byte[] image = image();
      int code = apply(image, kind, value);
      byte[] expected = image();
      for (int i = 0; i < width && code == RelocationKinds.FITS; i++) {
        expected[3 + i] = (byte) (value >> 8 * i);
      }
      assertThat(image).as("seed %d kind %d value %x", seed, kind, value).isEqualTo(expected);
      long bits = width == 8 || width == 0 ? 64 : 8L * width;
      boolean signed = bits == 64 || value >> bits - 1 == 0 || value >> bits - 1 == -1;
      boolean unsigned = bits == 64 || value >>> bits == 0;
      if (code == RelocationKinds.FITS) {
        assertThat(signed || unsigned).as("kind %d value %x", kind, value).isTrue();
      } else {
        assertThat(signed && unsigned).as("kind %d value %x", kind, value).isFalse();
      }
    }
  }

  private static byte[] image() {
    byte[] image = new byte[16];
    Arrays.fill(image, FILL);
    return image;
  }

  private static int apply(byte[] image, int kind, long value) {
    return RelocationKinds.apply(MemorySegment.ofArray(image), 3, kind, value);
  }
}
