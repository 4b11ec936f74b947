/** Tests of the image; start at {@code MetadataImageTest}. */
@NullMarked
package io.tombolo.metadata.image;

import org.jspecify.annotations.NullMarked;
