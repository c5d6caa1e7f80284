/** The completions for fish: a file `posy.fish` in a folder of `fish_complete_path`, or code to source. */
export const fishScript = String.raw`# Completions of posy for fish. Written by "posy completions fish".
function __posy_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -e words[1]
    set -l lines (command $program __complete "=$current" $words 2>/dev/null)
    set -l paths $lines[1]
    set -e lines[1]
    for line in $lines
        echo $line
    end
    set -l before (string match -r -- '^--[^=]*=' $current)
    set -l path (string replace -r -- '^--[^=]*=' '' $current)
    switch "$paths"
        case files
            for found in (__fish_complete_path "$path")
                echo "$before$found"
            end
        case folders
            for found in (__fish_complete_directories "$path" '')
                echo "$before$found"
            end
    end
end
complete -c posy -e
complete -c posy -f -a '(__posy_complete)'
`;
