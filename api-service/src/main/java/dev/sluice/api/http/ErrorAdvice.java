package dev.sluice.api.http;

import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.RetryAfter;
import dev.sluice.common.error.SluiceException;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** The one place where HTTP failures become bodies. No stack trace leaves here. */
@RestControllerAdvice
class ErrorAdvice {
  private static final Logger log = LoggerFactory.getLogger(ErrorAdvice.class);

  private final ErrorBody body;

  ErrorAdvice(ErrorBody body) {
    this.body = body;
  }

  @ExceptionHandler
  ResponseEntity<String> refused(SluiceException refusal) {
    return answer(refusal);
  }

  @ExceptionHandler
  ResponseEntity<String> unreadable(HttpMessageNotReadableException unreadable) {
    return answer(
        new SluiceException(ErrorCode.INVALID_JSON, "The body is not the JSON expected here."));
  }

  @ExceptionHandler({
    NoResourceFoundException.class,
    HttpRequestMethodNotSupportedException.class,
    HttpMediaTypeException.class
  })
  ResponseEntity<String> nothingHere(Exception absent) {
    return answer(new SluiceException(ErrorCode.NOT_FOUND));
  }

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    CannotCreateTransactionException.class
  })
  ResponseEntity<String> databaseAway(Exception away, HttpServletResponse response)
      throws Exception {
    if (response.isCommitted()) throw away;
    return answer(
        new SluiceException(
            ErrorCode.SERVICE_UNAVAILABLE,
            "The ledger's database does not answer. Nothing is lost; ask again in a moment."));
  }

  /**
   * An answer that has begun ends without its end: a body behind it would look like a part of it.
   */
  @ExceptionHandler
  ResponseEntity<String> unforeseen(Exception unforeseen, HttpServletResponse response)
      throws Exception {
    if (response.isCommitted()) throw unforeseen;
    log.atError().setCause(unforeseen).log("An HTTP request failed in an unforeseen way");
    return answer(new SluiceException(ErrorCode.SERVER_ERROR));
  }

  private ResponseEntity<String> answer(SluiceException failure) {
    var code = failure.code();
    var answer = ResponseEntity.status(code.status()).contentType(MediaType.APPLICATION_JSON);
    RetryAfter.of(code)
        .ifPresent(pause -> answer.header("retry-after", Long.toString(pause.toSeconds())));
    failure.headers().forEach((name, value) -> answer.headers(headers -> headers.set(name, value)));
    return answer.body(body.of(code, failure.detail(), failure.param()));
  }
}
