package dev.linkd.client.command;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import java.util.Locale;

/** Sizes and times for people. */
final class Units {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE_SECONDS = 60;
  private static final long HOUR_SECONDS = 3_600;

  private Units() {}

  /** Three significant digits or so: {@code 12.3 µs}, {@code 4.56 ms}, {@code 2 h 5 min}. */
  static String time(Duration duration) {
    long seconds = duration.getSeconds();
    if (seconds >= HOUR_SECONDS) {
      return seconds / HOUR_SECONDS + " h " + seconds % HOUR_SECONDS / MINUTE_SECONDS + " min";
    }
    if (seconds >= MINUTE_SECONDS) {
      return seconds / MINUTE_SECONDS + " min " + seconds % MINUTE_SECONDS + " s";
    }
    long nanos = Durations.toNanos(duration);
    if (nanos >= SECOND) {
      return String.format(Locale.ROOT, "%.2f s", (double) nanos / SECOND);
    }
    if (nanos >= MILLI) {
      return String.format(Locale.ROOT, "%.2f ms", (double) nanos / MILLI);
    }
    return String.format(Locale.ROOT, "%.1f µs", (double) nanos / MICRO);
  }

  /** {@code 1 range}, {@code 2,000 ranges}. */
  static String count(long number, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
  }

  /** Powers of 1,024: {@code 512 B}, {@code 1.5 KiB}, {@code 20.0 MiB}. */
  static String bytes(long bytes) {
    if (bytes < 1_024) {
      return bytes + " B";
    }
    String[] units = {"KiB", "MiB", "GiB", "TiB"};
    double value = bytes / 1_024.0;
    int unit = 0;
    while (value >= 1_024 && unit < units.length - 1) {
      value /= 1_024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
