/** Races of many clients against one service: no grant is spent twice, and no answer lacks a journal entry. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.race;
