package dev.sluice.api.ops;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** {@code GET /ops}: the page; it holds no data, and asks {@code /api/ops} for it. */
@Configuration(proxyBeanMethods = false)
class OpsPage implements WebMvcConfigurer {
  @Override
  public void addViewControllers(ViewControllerRegistry pages) {
    pages.addViewController("/ops").setViewName("forward:/ops.html");
    // What the page names is beside it: one folder deeper nothing would be found.
    pages.addRedirectViewController("/ops/", "/ops");
  }
}
