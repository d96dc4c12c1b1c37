package dev.sluice.common.config;

import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says which keys to set, all of them at once, instead of how the binder failed. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ConfigurationFailureAnalyzer
    extends AbstractFailureAnalyzer<ConfigurationPropertiesBindException> {
  static final String ACTION = "docs/configuration.md lists every key";

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable root, ConfigurationPropertiesBindException failure) {
    var invalid = find(failure, BindValidationException.class);
    if (invalid != null) return new FailureAnalysis(lines(invalid), ACTION, failure);
    var unbound = find(failure, BindException.class);
    if (unbound == null) return null;
    return new FailureAnalysis(line(unbound, deepest(unbound)), ACTION, failure);
  }

  private static String lines(BindValidationException invalid) {
    var errors = invalid.getValidationErrors();
    return errors.getAllErrors().stream()
        .map(error -> line(errors.getName(), error))
        .collect(Collectors.joining("; "));
  }

  private static String line(ConfigurationPropertyName prefix, ObjectError error) {
    var key = error instanceof FieldError field ? prefix + "." + dashed(field.getField()) : prefix;
    return "set %s (%s): it %s"
        .formatted(key, environmentName(key.toString()), error.getDefaultMessage());
  }

  /** Our own records say themselves what to set; the binder only says what it could not read. */
  private static String line(BindException unbound, Throwable cause) {
    var message = String.valueOf(cause.getMessage());
    var property = unbound.getProperty();
    if (message.startsWith("set ") || property == null) return message;
    var key = property.getName().toString();
    return "set %s (%s) to a readable value: %s".formatted(key, environmentName(key), message);
  }

  private static String dashed(String field) {
    return field.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** Spring's rule for environment variables: no dashes, dots become underscores. */
  private static String environmentName(String key) {
    return key.replace("-", "").replaceAll("[.\\[\\]]+", "_").toUpperCase(Locale.ROOT);
  }

  private static Throwable deepest(Throwable failure) {
    var deepest = failure;
    while (deepest.getCause() != null) deepest = deepest.getCause();
    return deepest;
  }

  private static <E extends Throwable> @Nullable E find(Throwable failure, Class<E> type) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause())
      if (type.isInstance(cause)) return type.cast(cause);
    return null;
  }
}
