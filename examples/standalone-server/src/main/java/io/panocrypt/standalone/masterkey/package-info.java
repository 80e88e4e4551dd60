@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.masterkey;
