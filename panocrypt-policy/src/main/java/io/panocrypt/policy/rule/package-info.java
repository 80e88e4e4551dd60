/** Rules that ship with the library: times of the week, and signs of life. Exported. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.rule;
