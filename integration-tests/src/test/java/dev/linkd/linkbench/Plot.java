package dev.linkd.linkbench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** Time against the size of the inputs as a picture (SVG), both logarithmic. */
final class Plot {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 520;
  private static final int LEFT = 80;
  private static final int RIGHT = 240;
  private static final int TOP = 50;
  private static final int BOTTOM = 70;
  private static final double MEBIBYTE = 1024 * 1024;
  private static final List<String> COLOURS =
      List.of("#7f7f7f", "#bcbd22", "#9467bd", "#1f77b4", "#17becf", "#2ca02c", "#e377c2");
  private static final List<String> LINKD_COLOURS =
      List.of("#d62728", "#ff7f0e", "#8c564b", "#f7b6d2");

  /** A place: bytes of input, and milliseconds. */
  private record Point(double bytes, double millis) {}

  private final Map<String, List<Point>> lines = new LinkedHashMap<>();
  private final Map<String, Double> programs = new LinkedHashMap<>();
  private final StringBuilder svg = new StringBuilder();
  private final double least;
  private final double most;
  private final double fastest;
  private final double slowest;

  /** A plot of programs, smaller ones first. */
  Plot(List<Measured> measured) {
    for (Measured program : measured) {
      OptionalDouble bytes = program.value("input bytes");
      if (bytes.isPresent()) {
        collect(program, bytes.getAsDouble());
      }
    }
    least = Math.pow(10, Math.floor(Math.log10(bytes().min().orElse(1))));
    most = bytes().max().orElse(10) * 1.5;
    fastest = Math.pow(10, Math.floor(Math.log10(millis().min().orElse(1))));
    slowest = Math.pow(10, Math.ceil(Math.log10(millis().max().orElse(10))));
  }

  private void collect(Measured program, double bytes) {
    programs.put(program.name(), bytes / MEBIBYTE);
    for (Measured.Row row : program.rows(ProgramResult.FULL)) {
      line(row.linker(), bytes, row.median());
    }
    for (String name :
        List.of(
            "one function",
            "nothing changed",
            "first link, warm daemon",
            "first link, cold daemon")) {
      program.linkd(name).ifPresent(row -> line("linkd: " + name, bytes, row.median()));
    }
  }

  private void line(String name, double bytes, double millis) {
    lines.computeIfAbsent(name, key -> new ArrayList<>()).add(new Point(bytes / MEBIBYTE, millis));
  }

  private DoubleStream bytes() {
    return lines.values().stream().flatMap(List::stream).mapToDouble(Point::bytes);
  }

  private DoubleStream millis() {
    return lines.values().stream().flatMap(List::stream).mapToDouble(Point::millis);
  }

  String svg() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"13\">",
        WIDTH, HEIGHT);
    add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    add(
        "<text x=\"%d\" y=\"28\" font-size=\"16\">Time of a link against the size of the inputs"
            + "</text>",
        LEFT);
    axes();
    int others = 0;
    int own = 0;
    int row = 0;
    for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
      boolean linkd = line.getKey().startsWith("linkd");
      String colour =
          linkd
              ? LINKD_COLOURS.get(own++ % LINKD_COLOURS.size())
              : COLOURS.get(others++ % COLOURS.size());
      draw(line.getKey(), line.getValue(), colour, linkd ? 3 : 1.5, row++);
    }
    add("</svg>");
    return svg.toString();
  }

  private void axes() {
    for (double value = fastest; value <= slowest; value *= 10) {
      grid(LEFT, y(value), WIDTH - RIGHT, y(value));
      text(LEFT - 8, y(value) + 4, "end", value >= 1000 ? value / 1000 + " s" : value + " ms");
    }
    for (double value = least; value <= most; value *= 10) {
      grid(x(value), TOP, x(value), HEIGHT - BOTTOM);
      text(x(value), HEIGHT - BOTTOM + 18, "middle", value + " MiB");
    }
    programs.forEach(
        (name, bytes) -> {
          if (bytes >= least) {
            add(
                "<text transform=\"translate(%.1f,%d) rotate(-30)\" text-anchor=\"end\""
                    + " fill=\"#555\">%s</text>",
                x(bytes), HEIGHT - BOTTOM + 34, escape(name));
          }
        });
  }

  private void draw(String name, List<Point> points, String colour, double width, int row) {
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.bytes()), y(point.millis())));
      add(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>",
          x(point.bytes()), y(point.millis()), colour);
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"/>",
        path.toString().strip(), colour, width);
    double y = TOP + 12 + row * 22.0;
    add(
        "<rect x=\"%d\" y=\"%.1f\" width=\"14\" height=\"4\" fill=\"%s\"/>",
        WIDTH - RIGHT + 16, y - 6, colour);
    text(WIDTH - RIGHT + 38, y, "start", name);
  }

  private double x(double bytes) {
    return LEFT + (WIDTH - LEFT - RIGHT) * part(bytes, least, most);
  }

  private double y(double millis) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part(millis, fastest, slowest);
  }

  private static double part(double value, double from, double to) {
    return Math.log(value / from) / Math.log(to / from);
  }

  private void grid(double x1, double y1, double x2, double y2) {
    add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>", x1, y1, x2, y2);
  }

  private void text(double x, double y, String anchor, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x, y, anchor, escape(text.replace(".0 ", " ")));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
