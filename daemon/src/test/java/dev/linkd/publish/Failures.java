package dev.linkd.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Publishes that must fail. */
final class Failures {
  private Failures() {}

  /** Tries to publish the next generation and returns why that failed. */
  static PublishException of(OutputFixture fixture) {
    PublishException failure =
        catchThrowableOfType(
            PublishException.class, () -> fixture.image.next().publish(fixture.publisher));
    assertThat(failure).as("the publish must fail").isNotNull();
    assertThat(failure.advice()).isNotEmpty();
    assertThat(failure).hasMessageContaining(fixture.output.toString());
    assertThat(failure).hasMessageContaining(failure.error());
    return failure;
  }
}
