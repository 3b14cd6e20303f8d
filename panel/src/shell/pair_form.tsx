import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../i18n/t'
import { enterPaired, isRefusal, type Refusal, secretInAddress } from '../socket/entry'
import { EntryForm, Field } from './forms'

/** The code of the administrator's pairing window; a QR brings it along. */
export function PairForm(): JSX.Element {
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  useEffect(() => setCode(secretInAddress('pair')), [])
  const send = async () => {
    const answer = await enterPaired(code.trim(), name.trim())
    setRefusal(isRefusal(answer) ? answer : null)
  }
  return (
    <EntryForm title={t('pair.title')} hint={t('pair.hint')} refusal={refusal} send={send}>
      <Field label={t('pair.code')} autocomplete="off" value={code} set={setCode} />
      <Field label={t('pair.name')} autocomplete="off" value={name} set={setName} />
    </EntryForm>
  )
}
