package dev.sluice.benchmarks;

import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Some packages of a service, put together by their own configuration, without the rest of it. */
public final class ServiceParts {
  private ServiceParts() {}

  /**
   * Starts them.
   *
   * @param home root of the repository
   * @param service whose settings count, such as {@code worker-service}
   * @param configuration names the packages
   * @param settings ahead of the service's own
   * @param beans what the packages would be given by the rest of the service
   */
  public static ConfigurableApplicationContext start(
      Path home,
      String service,
      Class<?> configuration,
      Map<String, Object> settings,
      Object... beans) {
    // A benchmark prints its own lines, and has a logging of its own
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    var own = home.resolve(service).resolve("src/main/resources/application.yml").toUri();
    var arguments =
        settings.entrySet().stream()
            .map(setting -> "--%s=%s".formatted(setting.getKey(), setting.getValue()))
            .toArray(String[]::new);
    return new SpringApplicationBuilder(configuration)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .logStartupInfo(false)
        .properties("spring.config.location=" + own)
        .registerShutdownHook(false)
        .initializers(context -> {
          for (var bean : beans)
            context.getBeanFactory().registerSingleton(bean.getClass().getName(), bean);
        })
        .run(arguments);
  }
}
