#!/usr/bin/env bash
# Makes a Debian package of tfqkd for any x86-64 processor with AVX2 and FMA, and tries it: its files, what it needs, and,
# with --try, in a fresh root without compilers, made by debootstrap (as root; takes minutes and 400 MB meanwhile).
#   scripts/package.sh [--try]      leaves build-portable/tfqkd_VERSION_ARCH.deb
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build-portable

scripts/install-packages.sh
command -v dpkg-shlibdeps >/dev/null || { echo "package.sh: dpkg-shlibdeps is not there; install dpkg-dev" >&2; exit 4; }
cmake --preset portable -DTFQKD_BUILD_TESTS=OFF -DTFQKD_ONNX=OFF >/dev/null
cmake --build --preset portable
rm -f "$build"/*.deb
(cd "$build" && cpack >/dev/null)
package=$(ls "$PWD/$build"/*.deb)
dpkg-deb --info "$package"
dpkg-deb --contents "$package" | awk '{ print $6 }' | grep -E 'bin/|man1/tfqkd.1|completion|models/sns|tfqkd.h$|copyright'
if command -v lintian >/dev/null; then lintian --no-tag-display-limit "$package" || true; fi
[[ ${1-} == --try ]] || exit 0

command -v debootstrap >/dev/null || { echo "package.sh: --try needs debootstrap" >&2; exit 4; }
root=$(mktemp -d)
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf "$root"' EXIT
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$build/debootstrap.log" 2>&1 ||
    { tail "$build/debootstrap.log" >&2; exit 4; }
cp "$package" "$root/tfqkd.deb"
[[ -e /etc/apt/apt.conf ]] && cp /etc/apt/apt.conf "$root/etc/apt/"
cp -r /etc/apt/apt.conf.d "$root/etc/apt/"
mount -t proc proc "$root/proc"
chroot "$root" apt-get install --yes --no-install-recommends /tfqkd.deb >"$build/install.log" 2>&1 ||
    { tail "$build/install.log" >&2; exit 1; }
if chroot "$root" sh -c 'command -v gcc || command -v c++'; then echo "package.sh: there is a compiler in the fresh root" >&2; exit 1; fi
chroot "$root" tfqkd --version
chroot "$root" tfqkd predict --model sns-finite --distance-km 300 --format text
chroot "$root" tfqkd optimize --distance-km 300 --format text
chroot "$root" apt-get remove --yes tfqkd >>"$build/install.log" 2>&1
[[ -z $(find "$root/usr" -path '*tfqkd*') ]] || { echo "package.sh: files are left after removal" >&2; exit 1; }
echo "installed, ran and removed in a root without compilers: $package"
