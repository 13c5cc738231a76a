# Waits for a test run to end, then stops what it left running and deletes its folder.
#
# $1, $2  the owner's process id and start time (the id alone may be somebody else's by then)
# $3      the run's folder: <cluster>/postgres/data, processes/<group id>-<start time>
#
# Plain POSIX sh, started in a process group of its own: Ctrl+C in the terminal must not end it before its work.
trap '' HUP INT TERM

# Sets started to the start time of process $1; fails if it does not run (a zombie does not).
started() {
    if [ -r /proc/self/stat ]; then
        read -r line 2>/dev/null <"/proc/$1/stat" || return 1
        set -- ${line##*)}
        [ "$1" != Z ] && [ "$1" != X ] || return 1
        shift 19
        started=$1
    else
        set -- $(ps -o stat=,lstart= -p "$1" 2>/dev/null)
        case "$1" in '' | Z*) return 1 ;; esac
        shift
        started=$(IFS=_; echo "$*")
    fi
}

while started "$1" && [ "$started" = "$2" ]; do
    sleep 1
done

for process in "$3"/processes/*; do
    name=${process##*/}
    if started "${name%%-*}" && [ "$started" = "${name#*-}" ]; then
        kill -s KILL -- "-${name%%-*}" 2>/dev/null
    fi
done

for data in "$3"/*/postgres/data; do
    read -r pid 2>/dev/null <"$data/postmaster.pid" || continue
    # postmaster.pid may be older than its process id's present owner. A postmaster works in its data folder.
    if [ -r /proc/self/stat ]; then
        [ "$(readlink "/proc/$pid/cwd")" = "$data" ] || continue
    else
        ps -ww -o command= -p "$pid" | grep -qF -- "-D $data " || continue
    fi
    kill -QUIT "$pid"
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
        sleep 0.1 2>/dev/null || sleep 1
        tries=$((tries + 1))
    done
    if kill -0 "$pid" 2>/dev/null; then
        kill -KILL "$pid"
    fi
done

# Socket folders outside, where the run's own path was too long for a socket.
if [ -r "$3/sockets" ]; then
    while read -r dir; do
        case "$dir" in "$3"/*) ;; /*) rm -rf -- "$dir" ;; esac
    done <"$3/sockets"
fi
# Backends of a server that was killed may still be writing.
rm -rf -- "$3" 2>/dev/null || { sleep 1; rm -rf -- "$3"; }
rm -f -- "$3.lock"
rmdir -- "${3%/*}" 2>/dev/null
