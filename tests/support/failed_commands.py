"""The end of real outputs, with the place where each was read. Names of people's repositories are replaced.

Add a row for a message that is classified wrongly, with its source; the phrases are in `resilience/messages.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from action_patterns.resilience.failed_command import FailureClass


class Sample(NamedTuple):
    tool: str
    failure_class: FailureClass
    exit_code: int
    output: str
    source: str
    status: int | None = None


GITHUB = "https://github.com/"
LOCAL = "git 2.39, run against a local repository"
CURL_CODES = "https://everything.curl.dev/cmdline/exitcode.html"

SAMPLES = (
    # git
    Sample(
        "git",
        "transient",
        128,
        "Cloning into 'api'...\n"
        "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502 Proxy Error\n"
        "fatal: the remote end hung up unexpectedly\n",
        f"{GITHUB}scm-manager/scm-manager/issues/999",
        502,
    ),
    Sample(
        "git",
        "transient",
        128,
        "error: RPC failed; result=22, HTTP code = 504\nfatal: The remote end hung up unexpectedly\n",
        f"{GITHUB}chaoss/grimoirelab/issues/36",
        504,
    ),
    Sample(
        "git",
        "transient",
        128,
        "error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)\n"
        "error: 2978 bytes of body are still expected\n"
        "fetch-pack: unexpected disconnect while reading sideband packet\n"
        "fatal: early EOF\nfatal: fetch-pack: invalid index-pack output\n",
        f"{GITHUB}curl/curl/issues/16732",
    ),
    Sample(
        "git",
        "permanent",
        1,
        "error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403\n"
        "send-pack: unexpected disconnect while reading sideband packet\n"
        "fatal: the remote end hung up unexpectedly\n",
        "notes in public repositories on a push of tags that a gateway refuses; remote-curl.c, send-pack.c",
        403,
    ),
    Sample(
        "git",
        "transient",
        128,
        "fatal: unable to access 'https://github.com/acme/api/': Could not resolve host: github.com\n",
        LOCAL,
    ),
    Sample(
        "git",
        "permanent",
        128,
        "remote: Permission to acme/api.git denied to github-actions[bot].\n"
        "fatal: unable to access 'https://github.com/acme/api/': The requested URL returned error: 403\n",
        f"{GITHUB}simonecorsi/mawesome/issues/739",
        403,
    ),
    Sample(
        "git",
        "permanent",
        128,
        "remote: Repository not found.\nfatal: repository 'https://github.com/acme/none.git/' not found\n",
        "GitHub docs: Troubleshooting cloning errors, Error: Repository not found",
    ),
    Sample(
        "git",
        "permanent",
        128,
        "fatal: could not read Username for 'https://github.com': No such device or address\n",
        f"{GITHUB}EndBug/add-and-commit/issues/281",
    ),
    Sample(
        "git",
        "permanent",
        128,
        "git@github.com: Permission denied (publickey).\n"
        "fatal: Could not read from remote repository.\n\n"
        "Please make sure you have the correct access rights\nand the repository exists.\n",
        "GitHub docs: Error: Permission denied (publickey)",
    ),
    Sample(
        "git",
        "transient",
        128,
        "ssh: connect to host github.com port 22: Connection timed out\n"
        "fatal: Could not read from remote repository.\n\n"
        "Please make sure you have the correct access rights\nand the repository exists.\n",
        "GitHub docs: Using SSH over the HTTPS port",
    ),
    Sample(
        "git",
        "conflict",
        1,
        "To https://github.com/acme/api\n"
        " ! [rejected]        main -> main (fetch first)\n"
        "error: failed to push some refs to 'https://github.com/acme/api'\n"
        "hint: Updates were rejected because the remote contains work that you do\n"
        "hint: not have locally. This is usually caused by another repository pushing\n"
        "hint: to the same ref. You may want to first integrate the remote changes\n"
        "hint: (e.g., 'git pull ...') before pushing again.\n"
        "hint: See the 'Note about fast-forwards' in 'git push --help' for details.\n",
        f"{GITHUB}Yelp/nrtsearch/pull/477",
    ),
    Sample(
        "git",
        "conflict",
        1,
        " ! [rejected]        main -> main (stale info)\nerror: failed to push some refs to '/srv/api.git'\n",
        LOCAL,
    ),
    Sample(
        "git",
        "conflict",
        1,
        "Auto-merging a.txt\nCONFLICT (content): Merge conflict in a.txt\n"
        "Automatic merge failed; fix conflicts and then commit the result.\n",
        LOCAL,
    ),
    Sample(
        "git",
        "permanent",
        1,
        " ! [remote rejected] main -> main (protected branch hook declined)\n"
        "error: failed to push some refs to 'https://github.com/acme/api'\n",
        "GitHub docs: About protected branches",
    ),
    Sample("git", "permanent", 128, "fatal: couldn't find remote ref release\n", LOCAL),
    Sample(
        "git",
        "permanent",
        1,
        "error: src refspec nope does not match any\nerror: failed to push some refs to '/srv/api.git'\n",
        LOCAL,
    ),
    Sample(
        "git",
        "conflict",
        1,
        " ! [rejected]        v1 -> v1 (already exists)\nerror: failed to push some refs to '/srv/api.git'\n"
        "hint: Updates were rejected because the tag already exists in the remote.\n",
        LOCAL,
    ),
    Sample(
        "git",
        "transient",
        128,
        "fatal: unable to access 'https://127.0.0.1:1/x.git/': Failed to connect to 127.0.0.1 port 1 after 0 ms:"
        " Couldn't connect to server\n",
        LOCAL,
    ),
    Sample("git", "permanent", 1, "error: pathspec 'x' did not match any file(s) known to git\n", LOCAL),
    Sample("git", "permanent", 129, "error: unknown option `nope'\nusage: git status [<options>] [--] ...\n", LOCAL),
    # curl
    Sample(
        "curl",
        "transient",
        22,
        "curl: (22) The requested URL returned error: 503 \n",
        f"{GITHUB}dtolnay/install/pull/4",
        503,
    ),
    Sample(
        "curl",
        "transient",
        92,
        " 47 30.0M   47 14.3M    0     0   182k      0  0:02:48  0:01:20  0:01:28 89820\n"
        "curl: (92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)\n",
        f"{GITHUB}flox/flox/issues/2916",
    ),
    Sample("curl", "permanent", 22, "curl: (22) The requested URL returned error: 404\n", CURL_CODES, 404),
    Sample("curl", "rate-limited", 22, "curl: (22) The requested URL returned error: 429\n", CURL_CODES, 429),
    Sample("curl", "conflict", 22, "curl: (22) The requested URL returned error: 409\n", CURL_CODES, 409),
    *(
        Sample("curl", "transient", code, f"curl: ({code}) {text}\n", CURL_CODES)
        for code, text in (
            (5, "Could not resolve proxy: proxy.example"),
            (6, "Could not resolve host: files.example"),
            (7, "Failed to connect to files.example port 443 after 3 ms: Couldn't connect to server"),
            (16, "Error in the HTTP2 framing layer"),
            (18, "transfer closed with 1000 bytes remaining to read"),
            (28, "Operation timed out after 1001 milliseconds with 0 bytes received"),
            (35, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to files.example:443"),
            (52, "Empty reply from server"),
            (55, "Send failure: Broken pipe"),
            (56, "Recv failure: Connection reset by peer"),
        )
    ),
    *(
        Sample("curl", "permanent", code, f"curl: ({code}) {text}\n", CURL_CODES)
        for code, text in (
            (2, "no URL specified"),
            (3, "URL rejected: Malformed input to a URL function"),
            (60, "SSL certificate problem: self-signed certificate"),
            (67, "Access denied: 530"),
            (77, "error setting certificate verify locations"),
        )
    ),
    Sample(
        "curl",
        "rate-limited",
        22,
        "HTTP/2 403 \nserver: github.com\nx-ratelimit-limit: 60\nx-ratelimit-remaining: 0\n"
        "x-ratelimit-reset: 1377013266\n\n"
        "curl: (22) The requested URL returned error: 403\n",
        f"{GITHUB}hub4j/github-api/issues/220 (headers), curl --include --fail",
        403,
    ),
    # npm
    Sample(
        "npm",
        "transient",
        1,
        "npm ERR! code E503\nnpm ERR! 503 Service Unavailable: npm@latest\n\n"
        "npm ERR! A complete log of this run can be found in:\n"
        "npm ERR!     /home/runner/.npm/_logs/2018-08-16T15_00_29_224Z-debug.log\n",
        f"{GITHUB}npm/registry-issue-archive/issues/388",
        503,
    ),
    Sample(
        "npm",
        "transient",
        1,
        "npm ERR! code ECONNRESET\nnpm ERR! errno ECONNRESET\n"
        "npm ERR! network Invalid response body while trying to fetch https://registry.npmjs.org/x: aborted\n"
        "npm ERR! network This is a problem related to network connectivity.\n"
        "npm ERR! network 'proxy' config is set properly.  See: 'npm help config'\n",
        f"{GITHUB}npm/cli/issues/8015",
    ),
    Sample(
        "npm",
        "transient",
        1,
        "npm ERR! fetch failed with status code 503\n",
        f"{GITHUB}npm/registry-issue-archive/issues/77",
        503,
    ),
    Sample(
        "npm",
        "permanent",
        1,
        "npm error code E404\n"
        "npm error 404 Not Found - GET https://registry.npmjs.org/acme-none - Not found\n"
        "npm error 404\nnpm error 404  'acme-none@*' is not in this registry.\n"
        "npm error A complete log of this run can be found in: /home/runner/.npm/_logs/debug-0.log\n",
        "logs of npm 10 and 11 in public repositories, each with `is not in this registry`",
        404,
    ),
    Sample(
        "npm",
        "permanent",
        1,
        "npm error code ERESOLVE\n",
        "logs of npm 10 in public repositories, each with `npm error code ERESOLVE`",
    ),
    Sample(
        "npm",
        "permanent",
        1,
        "npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages\n",
        "logs of npm 10 in public repositories, each with `npm ci can only install packages`",
    ),
    Sample(
        "pnpm",
        "transient",
        1,
        " ERR_PNPM_FETCH_504  GET https://registry.npmjs.org/@nuxt%2Fkit: Gateway Time-out - 504\n",
        "logs of pnpm in public repositories, each with `ERR_PNPM_FETCH_504`",
        504,
    ),
    Sample(
        "yarn",
        "transient",
        1,
        "An unexpected error occurred:"
        ' "https://registry.npmjs.org/a/-/classnames-2.2.5.tgz: Request failed \\"503 Service Unavailable\\"".\n',
        f"{GITHUB}npm/npm/issues/20904",
        503,
    ),
    # pip
    Sample(
        "pip",
        "transient",
        1,
        "Collecting testresources\n"
        "  HTTP error 503 while getting https://files.pythonhosted.org/packages/45/testresources-2.0.1-py2.py3-none-any.whl"
        " (from https://pypi.org/simple/testresources/)\nCleaning up...\n",
        f"{GITHUB}pypi/warehouse/issues/3710",
        503,
    ),
    Sample(
        "pip",
        "permanent",
        1,
        "  HTTP error 404 while getting https://files.pythonhosted.org/packages/62/pip-10.0.0-py2.py3-none-any.whl\n"
        "Could not install requirement pip because of HTTP error 404 Client Error: Not Found for url: https://files/\n",
        f"{GITHUB}pypa/pip/issues/5252",
        404,
    ),
    Sample(
        "pip",
        "transient",
        1,
        "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection"
        " broken by 'ReadTimeoutError(\"HTTPSConnectionPool(host='pypi.org', port=443): Read timed out.\")':"
        " /simple/acme/\n"
        "ERROR: Could not find a version that satisfies the requirement acme (from versions: none)\n"
        "ERROR: No matching distribution found for acme\n",
        f"{GITHUB}pypi/warehouse/issues/3708",
    ),
    Sample(
        "pip",
        "permanent",
        1,
        "ERROR: Could not find a version that satisfies the requirement acme-none (from versions: none)\n"
        "ERROR: No matching distribution found for acme-none\n",
        "pip 23.2, run locally",
    ),
    Sample(
        "pip",
        "permanent",
        1,
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n",
        "pip 23.2: pip/_internal/exceptions.py (HashErrors)",
    ),
    # docker
    Sample(
        "docker",
        "transient",
        1,
        "Error response from daemon: received unexpected HTTP status: 502 Bad Gateway\n",
        f"{GITHUB}guix77/phpcs-drupal-action/issues/3",
        502,
    ),
    Sample(
        "docker",
        "transient",
        125,
        "Unable to find image 'ubuntu:latest' locally\n"
        "docker: Error response from daemon: Get https://registry-1.docker.io/v2/library/ubuntu/manifests/latest:"
        " net/http: TLS handshake timeout.\nSee 'docker run --help'.\n",
        f"{GITHUB}docker/hub-feedback/issues/1195",
    ),
    Sample(
        "docker",
        "rate-limited",
        1,
        "Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit"
        " by authenticating and upgrading: https://www.docker.com/increase-rate-limit\n",
        f"{GITHUB}docker/hub-feedback/issues/2429",
    ),
    Sample(
        "docker",
        "rate-limited",
        1,
        "ERROR: failed to copy: httpReadSeeker: failed open: unexpected status code"
        " https://registry-1.docker.io/v2/library/rust/manifests/sha256:de6e: 429 Too Many Requests - Server message:"
        " toomanyrequests: You have reached your pull rate limit.\n------\n",
        f"{GITHUB}ScribeMD/docker-cache/issues/829",
        429,
    ),
    Sample(
        "docker",
        "permanent",
        1,
        "Using default tag: latest\n"
        "Error response from daemon: manifest for acme/api:latest not found: manifest unknown: manifest unknown\n",
        f"{GITHUB}whitelok/watermark-remover/issues/18",
    ),
    Sample(
        "docker",
        "permanent",
        1,
        "Error response from daemon: pull access denied for acme/none, repository does not exist or may require 'docker"
        " login': denied: requested access to the resource is denied\n",
        "logs in public repositories, each with `or may require 'docker login'`",
    ),
    # apt
    Sample(
        "apt",
        "transient",
        100,
        "E: Failed to fetch http://azure.archive.ubuntu.com/ubuntu/pool/main/z/zlib/lib32z1_1.2.11_amd64.deb"
        "  503  Service Unavailable [IP: 52.177.174.250 80]\n"
        "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
        f"{GITHUB}actions/runner-images/issues/683",
        503,
    ),
    Sample(
        "apt",
        "transient",
        100,
        "Err:1 http://azure.archive.ubuntu.com/ubuntu focal/main amd64 libhyphen0 amd64 2.8.8-7\n"
        "  503  Service Unavailable [IP: 20.106.104.242 80]\n",
        f"{GITHUB}actions/runner-images/issues/6894",
        503,
    ),
    Sample(
        "apt",
        "permanent",
        100,
        "E: Failed to fetch http://security.ubuntu.com/ubuntu/pool/main/s/systemd/libudev1_237.deb  404  Not Found"
        " [IP: 91.189.88.173 80]\n"
        "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
        f"{GITHUB}delphix/appliance-build/issues/146",
        404,
    ),
    Sample(
        "apt",
        "transient",
        100,
        "E: Failed to fetch http://azure.archive.ubuntu.com/ubuntu/pool/main/c/curl/libcurl4.deb  Could not connect"
        " to azure.archive.ubuntu.com:80 (40.119.46.219), connection timed out\n",
        f"{GITHUB}actions/runner-images/issues/675",
    ),
    Sample(
        "apt",
        "transient",
        100,
        "Err:1 http://archive.ubuntu.com/ubuntu focal/universe amd64 libfstrm0 amd64 0.6.0-1\n"
        "  Temporary failure resolving 'archive.ubuntu.com'\n"
        "E: Unable to locate package nsd\n",
        f"{GITHUB}ddavness/power-mailinabox/issues/138",
    ),
    Sample(
        "apt",
        "transient",
        100,
        "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 2448 (unattended-upgr)\n"
        "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?\n",
        f"{GITHUB}servo/ci-runners/issues/57",
    ),
    Sample("apt", "permanent", 100, "E: Unable to locate package acme-none\n", "apt 2.6, run locally"),
    # gh
    Sample("gh", "permanent", 1, "gh: Not Found (HTTP 404)\n", f"{GITHUB}seachicken/gh-poi/issues/12", 404),
    Sample(
        "gh",
        "transient",
        1,
        "failed to get run: HTTP 502: 502 Bad Gateway (https://api.github.com/repos/acme/api/actions/runs/1)\n",
        f"{GITHUB}cli/cli/issues/10981",
        502,
    ),
    Sample(
        "gh",
        "rate-limited",
        1,
        "gh: API rate limit exceeded for user ID 95043299. (HTTP 403)\n",
        f"{GITHUB}anuraghazra/github-readme-stats/issues/4438 (message), cli/cli: pkg/cmd/api/api.go (form)",
        403,
    ),
    Sample(
        "gh",
        "permanent",
        1,
        "gh: Resource not accessible by integration (HTTP 403)\n",
        f"{GITHUB}PavanMudigonda/html-reporter-github-pages/issues/43",
        403,
    ),
    Sample(
        "gh",
        "transient",
        1,
        "error connecting to api.github.com\ncheck your internet connection or https://githubstatus.com\n",
        f"{GITHUB}cli/cli/issues/13147",
    ),
    # the rest
    Sample("bash", "permanent", 127, "script.sh: line 1: nope: command not found\n", "bash 5.2, run locally"),
    Sample("bash", "permanent", 1, "script.sh: line 1: VERSION: unbound variable\n", "bash 5.2, run locally"),
    Sample(
        "wget", "transient", 8, "2015-01-05 19:24:28 ERROR 502: Bad Gateway.\n", f"{GITHUB}moby/moby/issues/9906", 502
    ),
    Sample(
        "gradle",
        "transient",
        1,
        "> Could not GET 'https://dl.google.com/android/example.pom'. Received status code 503 from server\n",
        "tests of Gradle (`Received status code 500 from server`) and of its users in public repositories",
        503,
    ),
    Sample(
        "maven",
        "transient",
        1,
        "[ERROR] Could not transfer artifact org.example:a:jar:1 from/to central (https://repo1.maven.org/maven2/):"
        " status code: 503, reason phrase: Service Unavailable\n",
        "logs of Maven in public repositories, each with `, reason phrase: Service Unavailable`",
        503,
    ),
    Sample(
        "requests",
        "transient",
        1,
        "requests.exceptions.HTTPError: 502 Server Error: Bad Gateway for url: https://api.github.com/repositories/1\n",
        f"{GITHUB}chaoss/grimoirelab-perceval/issues/471",
        502,
    ),
)
