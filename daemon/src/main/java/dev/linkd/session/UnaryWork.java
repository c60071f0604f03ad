package dev.linkd.session;

import dev.linkd.diag.LinkException;
import dev.linkd.output.Output;
import io.grpc.stub.StreamObserver;

/** A unary call that is answered by the thread that owns the output. */
final class UnaryWork<R> implements OutputWork {
  private final StreamObserver<R> observer;
  private final Answer<R> answer;

  /** Makes the response. */
  interface Answer<R> {
    R of(Output output) throws LinkException, RequestException;
  }

  UnaryWork(StreamObserver<R> observer, Answer<R> answer) {
    this.observer = observer;
    this.answer = answer;
  }

  @Override
  public void run(Output output) throws LinkException, RequestException {
    R response = answer.of(output);
    observer.onNext(response);
    observer.onCompleted();
  }

  @Override
  public void refuse(Exception fault) {
    observer.onError(StatusMapper.toStatus(fault));
  }
}
