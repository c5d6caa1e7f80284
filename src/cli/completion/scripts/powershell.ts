/** The completions for PowerShell 5.1 and later, and for PowerShell on other systems. */
export const powershellScript = String.raw`# Completions of posy for PowerShell. Written by "posy completions powershell".
Register-ArgumentCompleter -Native -CommandName @('posy', 'posy.exe') -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($wordToComplete -eq '' -and $_.Extent.EndOffset -le $cursorPosition) } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
        })
    $program = $words[0]
    $others = @($words | Select-Object -Skip 1)
    # The word at the cursor begins with "=", because old versions drop empty arguments.
    $lines = @(& $program __complete "=$wordToComplete" @others 2>$null)
    $paths = $lines[0]
    $results = @($lines | Select-Object -Skip 1 | ForEach-Object {
            $value, $summary = $_ -split "${"`"}t", 2
            if ($value.StartsWith($wordToComplete, [System.StringComparison]::OrdinalIgnoreCase)) {
                if (-not $summary) { $summary = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $summary)
            }
        })
    if ($paths -ne 'none') {
        $results += @([System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) |
            Where-Object { $paths -eq 'files' -or $_.ResultType -eq 'ProviderContainer' })
    }
    # Without a result, PowerShell would offer files.
    if ($results.Count -eq 0) { '' } else { $results }
}
`;
