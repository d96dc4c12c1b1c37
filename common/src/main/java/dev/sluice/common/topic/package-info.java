/** Names of topics, lanes and reply headers, and the partition arithmetic both services rely on. */
@NullMarked
package dev.sluice.common.topic;

import org.jspecify.annotations.NullMarked;
