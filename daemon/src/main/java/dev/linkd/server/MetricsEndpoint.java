package dev.linkd.server;

import com.sun.net.httpserver.HttpServer;
import dev.linkd.session.Counters;
import dev.linkd.session.DrainGate;
import dev.linkd.session.OutputRegistry;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Serves {@code GET /metrics} in the Prometheus text format, when asked to. */
final class MetricsEndpoint implements AutoCloseable {
  private final Counters counters;
  private final OutputRegistry outputs;
  private final DrainGate gate;
  private @Nullable HttpServer server;

  MetricsEndpoint(Counters counters, OutputRegistry outputs, DrainGate gate) {
    this.counters = counters;
    this.outputs = outputs;
    this.gate = gate;
  }

  void start(InetSocketAddress address) throws IOException {
    PrometheusMeterRegistry meters = meters();
    HttpServer http = HttpServer.create(address, 0);
    http.createContext(
        "/metrics",
        exchange -> {
          try (exchange) {
            byte[] body = meters.scrape().getBytes(StandardCharsets.UTF_8);
            exchange
                .getResponseHeaders()
                .set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    server = http;
  }

  private PrometheusMeterRegistry meters() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    counter(meters, "linkd.updates", "Updates received", Counters::updates);
    counter(meters, "linkd.rejections", "Updates refused", Counters::rejections);
    counter(meters, "linkd.flushes", "Flushes", Counters::flushes);
    counter(meters, "linkd.flushes.failed", "Flushes with errors", Counters::failedFlushes);
    counter(meters, "linkd.links", "ld-style invocations", Counters::links);
    counter(meters, "linkd.streams", "Update streams", Counters::streams);
    Gauge.builder("linkd.outputs", outputs, OutputRegistry::size)
        .description("Open outputs")
        .register(meters);
    Gauge.builder("linkd.calls.running", gate, DrainGate::running)
        .description("Streams and invocations that run")
        .register(meters);
    new JvmMemoryMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
    return meters;
  }

  private void counter(
      PrometheusMeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<Counters> value) {
    FunctionCounter.builder(name, counters, value).description(description).register(meters);
  }

  /** Port that is served; for an address with port 0. */
  int port() {
    if (server == null) {
      throw new IllegalStateException("metrics are not served");
    }
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
  }
}
