/** Races of many clients against one service: no grant is spent twice, nothing is answered without an entry. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.race;
