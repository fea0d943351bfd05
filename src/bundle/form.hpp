#pragma once

namespace addon::bundle {

/// What a file with packed entries is: an archive that somebody built, or a directory that was packed for its
/// way only (transport.hpp) and is judged as the directory that it was.
enum class Form { archive, directory };

}  // namespace addon::bundle
