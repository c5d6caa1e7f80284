/** The name of a system package in Debian and Ubuntu, in Fedora, and in Homebrew. "" if there is none. */
export type PackageNames = readonly [debian: string, fedora: string, homebrew: string];

/**
 * A library, and the names by which failed builds mention it: its headers, and its names for the linker, for pkg-config
 * and of its own `-config` program.
 */
interface Library {
  readonly names: PackageNames;
  /** Header paths. A path that ends in `/` is a folder of headers. */
  readonly headers: readonly string[];
  /** As in `-lNAME`. */
  readonly links?: readonly string[];
  /** The names for pkg-config, Meson and CMake, in lower case. */
  readonly modules?: readonly string[];
  readonly programs?: readonly string[];
}

const libraries: readonly Library[] = [
  {
    names: ["libffi-dev", "libffi-devel", "libffi"],
    headers: ["ffi.h", "ffi/"],
    links: ["ffi"],
    modules: ["libffi"],
  },
  {
    names: ["libxml2-dev libxslt1-dev", "libxml2-devel libxslt-devel", "libxml2 libxslt"],
    headers: ["libxml/", "libxslt/", "libexslt/"],
    links: ["xml2", "xslt", "exslt"],
    modules: ["libxml-2.0", "libxslt", "libexslt", "libxml2"],
    programs: ["xml2-config", "xslt-config"],
  },
  {
    names: ["libxmlsec1-dev", "xmlsec1-devel", "libxmlsec1"],
    headers: ["xmlsec/"],
    links: ["xmlsec1"],
    modules: ["xmlsec1"],
    programs: ["xmlsec1-config"],
  },
  {
    names: ["libssl-dev", "openssl-devel", "openssl@3"],
    headers: ["openssl/"],
    links: ["ssl", "crypto"],
    modules: ["openssl", "libssl", "libcrypto"],
  },
  {
    names: ["libpq-dev", "libpq-devel", "libpq"],
    headers: ["libpq-fe.h", "postgresql/", "pg_config.h", "libpq/"],
    links: ["pq"],
    modules: ["libpq", "postgresql"],
    programs: ["pg_config"],
  },
  {
    names: [
      "default-libmysqlclient-dev pkg-config",
      "mariadb-connector-c-devel pkgconf",
      "mysql-client pkgconf",
    ],
    headers: ["mysql.h", "mysql/", "mariadb/"],
    links: ["mysqlclient", "mariadb"],
    modules: ["mysqlclient", "libmariadb", "mariadb"],
    programs: ["mysql_config", "mariadb_config"],
  },
  {
    names: ["zlib1g-dev", "zlib-devel", "zlib"],
    headers: ["zlib.h", "zconf.h"],
    links: ["z"],
    modules: ["zlib"],
  },
  { names: ["libbz2-dev", "bzip2-devel", "bzip2"], headers: ["bzlib.h"], links: ["bz2"], modules: ["bzip2"] },
  { names: ["liblzma-dev", "xz-devel", "xz"], headers: ["lzma.h"], links: ["lzma"], modules: ["liblzma"] },
  {
    names: ["libzstd-dev", "libzstd-devel", "zstd"],
    headers: ["zstd.h"],
    links: ["zstd"],
    modules: ["libzstd"],
  },
  { names: ["liblz4-dev", "lz4-devel", "lz4"], headers: ["lz4.h"], links: ["lz4"], modules: ["liblz4"] },
  {
    names: ["libsnappy-dev", "snappy-devel", "snappy"],
    headers: ["snappy-c.h", "snappy.h"],
    links: ["snappy"],
    modules: ["snappy"],
  },
  {
    names: ["libbrotli-dev", "brotli-devel", "brotli"],
    headers: ["brotli/"],
    links: ["brotlienc", "brotlidec"],
  },
  { names: ["liblzo2-dev", "lzo-devel", "lzo"], headers: ["lzo/"], links: ["lzo2"], modules: ["lzo2"] },
  { names: ["libleveldb-dev", "leveldb-devel", "leveldb"], headers: ["leveldb/"], links: ["leveldb"] },
  { names: ["librocksdb-dev", "rocksdb-devel", "rocksdb"], headers: ["rocksdb/"], links: ["rocksdb"] },
  { names: ["liblmdb-dev", "lmdb-devel", "lmdb"], headers: ["lmdb.h"], links: ["lmdb"] },
  { names: ["libdb-dev", "libdb-devel", "berkeley-db"], headers: ["db.h"], links: ["db"] },
  { names: ["libgdbm-dev", "gdbm-devel", "gdbm"], headers: ["gdbm.h"], links: ["gdbm"] },
  {
    names: ["libjpeg-dev", "libjpeg-turbo-devel", "jpeg-turbo"],
    headers: ["jpeglib.h"],
    links: ["jpeg"],
    modules: ["libjpeg", "jpeg"],
  },
  {
    names: ["libpng-dev", "libpng-devel", "libpng"],
    headers: ["png.h"],
    links: ["png"],
    modules: ["libpng"],
  },
  {
    names: ["libtiff-dev", "libtiff-devel", "libtiff"],
    headers: ["tiff.h", "tiffio.h"],
    links: ["tiff"],
    modules: ["libtiff-4"],
  },
  {
    names: ["libwebp-dev", "libwebp-devel", "webp"],
    headers: ["webp/"],
    links: ["webp"],
    modules: ["libwebp"],
  },
  {
    names: ["libfreetype-dev", "freetype-devel", "freetype"],
    headers: ["ft2build.h", "freetype/"],
    links: ["freetype"],
    modules: ["freetype2", "freetype"],
  },
  {
    names: ["libyaml-dev", "libyaml-devel", "libyaml"],
    headers: ["yaml.h"],
    links: ["yaml"],
    modules: ["yaml-0.1"],
  },
  {
    names: ["libsqlite3-dev", "sqlite-devel", "sqlite"],
    headers: ["sqlite3.h"],
    links: ["sqlite3"],
    modules: ["sqlite3"],
  },
  {
    names: ["libldap2-dev libsasl2-dev", "openldap-devel cyrus-sasl-devel", "openldap cyrus-sasl"],
    headers: ["ldap.h", "lber.h", "sasl/", "sasl.h"],
    links: ["ldap", "ldap_r", "lber", "sasl2"],
    modules: ["ldap", "libsasl2"],
  },
  {
    names: ["libkrb5-dev", "krb5-devel", "krb5"],
    headers: ["krb5.h", "gssapi.h", "gssapi/"],
    links: ["krb5", "gssapi_krb5"],
    modules: ["krb5", "krb5-gssapi"],
    programs: ["krb5-config"],
  },
  {
    names: ["libcurl4-openssl-dev", "libcurl-devel", "curl"],
    headers: ["curl/"],
    links: ["curl"],
    modules: ["libcurl"],
    programs: ["curl-config"],
  },
  {
    names: ["libcairo2-dev pkg-config", "cairo-devel pkgconf", "cairo pkgconf"],
    headers: ["cairo.h", "cairo/"],
    links: ["cairo"],
    modules: ["cairo"],
  },
  {
    names: ["libgirepository-2.0-dev", "gobject-introspection-devel", "gobject-introspection"],
    headers: ["girepository.h"],
    modules: ["gobject-introspection-1.0", "girepository-2.0"],
  },
  {
    names: ["libglib2.0-dev", "glib2-devel", "glib"],
    headers: ["glib.h", "glib/"],
    links: ["glib-2.0"],
    modules: ["glib-2.0", "gobject-2.0"],
  },
  {
    names: ["libdbus-1-dev", "dbus-devel", "dbus"],
    headers: ["dbus/"],
    links: ["dbus-1"],
    modules: ["dbus-1"],
  },
  {
    names: ["libpango1.0-dev", "pango-devel", "pango"],
    headers: ["pango/"],
    modules: ["pango", "pangocairo"],
  },
  {
    names: ["libhdf5-dev", "hdf5-devel", "hdf5"],
    headers: ["hdf5.h"],
    links: ["hdf5"],
    modules: ["hdf5"],
    programs: ["h5cc"],
  },
  {
    names: ["libnetcdf-dev", "netcdf-devel", "netcdf"],
    headers: ["netcdf.h"],
    links: ["netcdf"],
    modules: ["netcdf"],
    programs: ["nc-config"],
  },
  {
    names: ["libgdal-dev", "gdal-devel", "gdal"],
    headers: ["gdal.h"],
    links: ["gdal"],
    modules: ["gdal"],
    programs: ["gdal-config"],
  },
  {
    names: ["libgeos-dev", "geos-devel", "geos"],
    headers: ["geos_c.h"],
    links: ["geos_c", "geos"],
    modules: ["geos"],
    programs: ["geos-config"],
  },
  {
    names: ["libproj-dev", "proj-devel", "proj"],
    headers: ["proj.h", "proj_api.h"],
    links: ["proj"],
    modules: ["proj"],
    programs: ["proj"],
  },
  { names: ["libgmp-dev", "gmp-devel", "gmp"], headers: ["gmp.h"], links: ["gmp"], modules: ["gmp"] },
  { names: ["libmpfr-dev", "mpfr-devel", "mpfr"], headers: ["mpfr.h"], links: ["mpfr"], modules: ["mpfr"] },
  { names: ["libmpc-dev", "libmpc-devel", "libmpc"], headers: ["mpc.h"], links: ["mpc"] },
  {
    names: ["libopenblas-dev", "openblas-devel", "openblas"],
    headers: ["cblas.h"],
    links: ["openblas", "blas", "lapack"],
    modules: ["openblas", "blas", "lapack"],
  },
  {
    names: ["libfftw3-dev", "fftw-devel", "fftw"],
    headers: ["fftw3.h"],
    links: ["fftw3"],
    modules: ["fftw3"],
  },
  {
    names: ["libgsl-dev", "gsl-devel", "gsl"],
    headers: ["gsl/"],
    links: ["gsl"],
    modules: ["gsl"],
    programs: ["gsl-config"],
  },
  {
    names: ["libopenmpi-dev", "openmpi-devel", "open-mpi"],
    headers: ["mpi.h"],
    links: ["mpi"],
    modules: ["mpi"],
    programs: ["mpicc"],
  },
  {
    names: ["libboost-all-dev", "boost-devel", "boost"],
    headers: ["boost/"],
    links: ["boost_python3"],
    modules: ["boost"],
  },
  { names: ["libeigen3-dev", "eigen3-devel", "eigen"], headers: ["Eigen/", "eigen3/"], modules: ["eigen3"] },
  {
    names: ["graphviz libgraphviz-dev", "graphviz graphviz-devel", "graphviz"],
    headers: ["graphviz/"],
    links: ["cgraph", "cdt"],
    modules: ["libcgraph"],
    programs: ["dot"],
  },
  {
    names: ["libsodium-dev", "libsodium-devel", "libsodium"],
    headers: ["sodium.h"],
    links: ["sodium"],
    modules: ["libsodium"],
  },
  {
    names: ["libsecp256k1-dev", "libsecp256k1-devel", "secp256k1"],
    headers: ["secp256k1.h"],
    links: ["secp256k1"],
    modules: ["libsecp256k1"],
  },
  {
    names: ["libzmq3-dev", "zeromq-devel", "zeromq"],
    headers: ["zmq.h"],
    links: ["zmq"],
    modules: ["libzmq"],
  },
  {
    names: ["librdkafka-dev", "librdkafka-devel", "librdkafka"],
    headers: ["librdkafka/"],
    links: ["rdkafka"],
    modules: ["rdkafka"],
  },
  {
    names: ["libgit2-dev", "libgit2-devel", "libgit2"],
    headers: ["git2.h"],
    links: ["git2"],
    modules: ["libgit2"],
  },
  {
    names: ["libssh2-1-dev", "libssh2-devel", "libssh2"],
    headers: ["libssh2.h"],
    links: ["ssh2"],
    modules: ["libssh2"],
  },
  {
    names: ["unixodbc-dev", "unixODBC-devel", "unixodbc"],
    headers: ["sql.h", "sqlext.h"],
    links: ["odbc"],
    modules: ["odbc"],
  },
  {
    names: ["freetds-dev", "freetds-devel", "freetds"],
    headers: ["sqlfront.h", "sybdb.h"],
    links: ["sybdb"],
  },
  {
    names: ["libpcap-dev", "libpcap-devel", "libpcap"],
    headers: ["pcap.h", "pcap/"],
    links: ["pcap"],
    modules: ["libpcap"],
  },
  { names: ["libmagic-dev", "file-devel", "libmagic"], headers: ["magic.h"], links: ["magic"] },
  {
    names: ["libusb-1.0-0-dev", "libusb1-devel", "libusb"],
    headers: ["libusb.h", "libusb-1.0/", "usb.h"],
    links: ["usb-1.0"],
    modules: ["libusb-1.0"],
  },
  {
    names: ["libudev-dev libhidapi-dev", "systemd-devel hidapi-devel", "hidapi"],
    headers: ["libudev.h", "hidapi.h", "hidapi/"],
    links: ["udev"],
    modules: ["libudev", "hidapi-libusb"],
  },
  {
    names: ["libsystemd-dev", "systemd-devel", ""],
    headers: ["systemd/"],
    links: ["systemd"],
    modules: ["libsystemd"],
  },
  {
    names: ["libcups2-dev", "cups-devel", "cups"],
    headers: ["cups/"],
    links: ["cups"],
    modules: ["cups"],
    programs: ["cups-config"],
  },
  {
    names: ["libbluetooth-dev", "bluez-libs-devel", ""],
    headers: ["bluetooth/"],
    links: ["bluetooth"],
    modules: ["bluez"],
  },
  {
    names: ["libasound2-dev", "alsa-lib-devel", ""],
    headers: ["alsa/"],
    links: ["asound"],
    modules: ["alsa"],
  },
  {
    names: ["portaudio19-dev", "portaudio-devel", "portaudio"],
    headers: ["portaudio.h"],
    links: ["portaudio"],
    modules: ["portaudio-2.0"],
  },
  {
    names: ["libsndfile1-dev", "libsndfile-devel", "libsndfile"],
    headers: ["sndfile.h"],
    links: ["sndfile"],
    modules: ["sndfile"],
  },
  {
    names: [
      "libavformat-dev libavdevice-dev libavfilter-dev pkg-config",
      "ffmpeg-free-devel pkgconf",
      "ffmpeg pkgconf",
    ],
    headers: ["libavformat/", "libavcodec/", "libavutil/"],
    links: ["avformat", "avcodec"],
    modules: ["libavformat", "libavcodec", "libavdevice"],
  },
  {
    names: ["libsdl2-dev", "SDL2-devel", "sdl2"],
    headers: ["SDL.h", "SDL2/"],
    links: ["SDL2"],
    modules: ["sdl2"],
    programs: ["sdl2-config"],
  },
  { names: ["libgl1-mesa-dev", "mesa-libGL-devel", ""], headers: ["GL/"], links: ["GL"], modules: ["gl"] },
  { names: ["libx11-dev", "libX11-devel", "libx11"], headers: ["X11/"], links: ["X11"], modules: ["x11"] },
  {
    names: ["libpoppler-cpp-dev", "poppler-cpp-devel", "poppler"],
    headers: ["poppler/"],
    links: ["poppler-cpp"],
    modules: ["poppler-cpp"],
  },
  { names: ["libqpdf-dev", "qpdf-devel", "qpdf"], headers: ["qpdf/"], links: ["qpdf"], modules: ["libqpdf"] },
  {
    names: ["libtesseract-dev libleptonica-dev", "tesseract-devel leptonica-devel", "tesseract"],
    headers: ["tesseract/", "leptonica/"],
    links: ["tesseract"],
    modules: ["tesseract", "lept"],
  },
  { names: ["libre2-dev", "re2-devel", "re2"], headers: ["re2/"], links: ["re2"], modules: ["re2"] },
  {
    names: ["libpcre2-dev", "pcre2-devel", "pcre2"],
    headers: ["pcre2.h"],
    links: ["pcre2-8"],
    modules: ["libpcre2-8"],
  },
  {
    names: ["libpcre3-dev", "pcre-devel", "pcre"],
    headers: ["pcre.h"],
    links: ["pcre"],
    modules: ["libpcre"],
  },
  {
    names: ["libevent-dev", "libevent-devel", "libevent"],
    headers: ["event.h", "event2/"],
    links: ["event"],
    modules: ["libevent"],
  },
  { names: ["libev-dev", "libev-devel", "libev"], headers: ["ev.h"], links: ["ev"] },
  { names: ["libuv1-dev", "libuv-devel", "libuv"], headers: ["uv.h"], links: ["uv"], modules: ["libuv"] },
  {
    names: ["libexpat1-dev", "expat-devel", "expat"],
    headers: ["expat.h"],
    links: ["expat"],
    modules: ["expat"],
  },
  {
    names: ["libicu-dev pkg-config", "libicu-devel pkgconf", "icu4c pkgconf"],
    headers: ["unicode/"],
    links: ["icuuc", "icui18n"],
    modules: ["icu-i18n", "icu-uc"],
    programs: ["icu-config"],
  },
  {
    names: ["libreadline-dev", "readline-devel", "readline"],
    headers: ["readline/"],
    links: ["readline"],
    modules: ["readline"],
  },
  {
    names: ["libncurses-dev", "ncurses-devel", "ncurses"],
    headers: ["curses.h", "ncurses.h"],
    links: ["ncurses", "ncursesw"],
    modules: ["ncurses"],
  },
  {
    names: ["uuid-dev", "libuuid-devel", "ossp-uuid"],
    headers: ["uuid/"],
    links: ["uuid"],
    modules: ["uuid"],
  },
  {
    names: ["libcap-dev", "libcap-devel", ""],
    headers: ["sys/capability.h"],
    links: ["cap"],
    modules: ["libcap"],
  },
  { names: ["libacl1-dev", "libacl-devel", ""], headers: ["sys/acl.h"], links: ["acl"], modules: ["libacl"] },
  {
    names: ["libfuse-dev", "fuse-devel", "macfuse"],
    headers: ["fuse.h"],
    links: ["fuse"],
    modules: ["fuse"],
  },
  {
    names: ["libvirt-dev", "libvirt-devel", "libvirt"],
    headers: ["libvirt/"],
    links: ["virt"],
    modules: ["libvirt"],
  },
  {
    names: ["libseccomp-dev", "libseccomp-devel", ""],
    headers: ["seccomp.h"],
    links: ["seccomp"],
    modules: ["libseccomp"],
  },
  { names: ["libnuma-dev", "numactl-devel", ""], headers: ["numa.h"], links: ["numa"] },
  {
    names: ["libsuitesparse-dev", "suitesparse-devel", "suite-sparse"],
    headers: ["suitesparse/", "cholmod.h", "umfpack.h"],
    links: ["cholmod", "umfpack"],
  },
  { names: ["libenchant-2-dev", "enchant2-devel", "enchant"], headers: ["enchant.h"], links: ["enchant-2"] },
  {
    names: ["libhunspell-dev", "hunspell-devel", "hunspell"],
    headers: ["hunspell.hxx", "hunspell/"],
    links: ["hunspell"],
  },
  {
    names: ["libgpgme-dev", "gpgme-devel", "gpgme"],
    headers: ["gpgme.h"],
    links: ["gpgme"],
    programs: ["gpgme-config"],
  },
  { names: ["linux-libc-dev", "kernel-headers", ""], headers: ["linux/"] },
];

/** Programs that are not a library's: by the package that has them. */
const programs: Readonly<Record<string, PackageNames>> = {
  "pkg-config": ["pkg-config", "pkgconf", "pkgconf"],
  pkgconf: ["pkg-config", "pkgconf", "pkgconf"],
  cmake: ["cmake", "cmake", "cmake"],
  ninja: ["ninja-build", "ninja-build", "ninja"],
  make: ["make", "make", "make"],
  gmake: ["make", "make", "make"],
  git: ["git", "git", "git"],
  swig: ["swig", "swig", "swig"],
  autoreconf: ["autoconf automake libtool", "autoconf automake libtool", "autoconf automake libtool"],
  autoconf: ["autoconf automake libtool", "autoconf automake libtool", "autoconf automake libtool"],
  automake: ["autoconf automake libtool", "autoconf automake libtool", "autoconf automake libtool"],
  libtoolize: ["autoconf automake libtool", "autoconf automake libtool", "autoconf automake libtool"],
  protoc: ["protobuf-compiler", "protobuf-compiler", "protobuf"],
  flex: ["flex", "flex", "flex"],
  bison: ["bison", "bison", "bison"],
  m4: ["m4", "m4", "m4"],
  perl: ["perl", "perl", "perl"],
  patch: ["patch", "patch", "gpatch"],
  patchelf: ["patchelf", "patchelf", "patchelf"],
  nasm: ["nasm", "nasm", "nasm"],
  go: ["golang-go", "golang", "go"],
  node: ["nodejs", "nodejs", "node"],
  npm: ["npm", "nodejs-npm", "node"],
  java: ["default-jdk", "java-latest-openjdk-devel", "openjdk"],
  javac: ["default-jdk", "java-latest-openjdk-devel", "openjdk"],
  "llvm-config": ["llvm-dev", "llvm-devel", "llvm"],
  nvcc: ["nvidia-cuda-toolkit", "", ""],
};

export function packageOfHeader(header: string): PackageNames | undefined {
  const path = header.replaceAll("\\", "/");
  return libraries.find(({ headers }) =>
    headers.some((known) => (known.endsWith("/") ? path.startsWith(known) : path === known)),
  )?.names;
}

export function packageOfLibrary(name: string): PackageNames | undefined {
  return libraries.find(({ links }) => links?.includes(name))?.names;
}

/** Returns the system package of a module of pkg-config, Meson or CMake. */
export function packageOfModule(name: string): PackageNames | undefined {
  const module = name.toLowerCase();
  return libraries.find(
    ({ modules, links }) => modules?.includes(module) || links?.some((link) => link.toLowerCase() === module),
  )?.names;
}

export function packageOfProgram(name: string): PackageNames | undefined {
  return programs[name] ?? libraries.find((library) => library.programs?.includes(name))?.names;
}

/** Returns the names of the package in the distributions of a platform. "" if none is known. */
export function installing([debian, fedora, homebrew]: PackageNames, platform: NodeJS.Platform): string {
  const ways =
    platform === "darwin"
      ? [homebrew && `Homebrew: \`${homebrew}\``]
      : platform === "win32"
        ? []
        : [debian && `Debian and Ubuntu: \`${debian}\``, fedora && `Fedora: \`${fedora}\``];
  return ways.filter(Boolean).join("; ");
}
