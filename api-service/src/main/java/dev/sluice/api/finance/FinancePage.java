package dev.sluice.api.finance;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** {@code GET /finance}: the page; it holds no data, and asks {@code /api/finance} for it. */
@Configuration(proxyBeanMethods = false)
class FinancePage implements WebMvcConfigurer {
  @Override
  public void addViewControllers(ViewControllerRegistry pages) {
    pages.addViewController("/finance").setViewName("forward:/finance.html");
    // What the page names is beside it: one folder deeper nothing would be found.
    pages.addRedirectViewController("/finance/", "/finance");
  }
}
