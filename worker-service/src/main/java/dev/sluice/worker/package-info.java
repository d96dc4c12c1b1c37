/** The worker-service: takes requests off their lanes and answers them within the budget. */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
